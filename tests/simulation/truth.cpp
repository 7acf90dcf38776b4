#include "tests/simulation/truth.hpp"

#include "lib/route/partitioner.hpp"
#include "tests/simulation/stand_in_encoder.hpp"
#include "tests/simulation/violation.hpp"

#include <algorithm>

namespace walferry::simulation {
namespace {

// The lowest bits of an LSN tell its timeline, so that no two of them share a position.
lsn align(std::uint64_t at, std::uint64_t timeline) {
    return {((at + 15) & ~std::uint64_t{15}) + timeline % 16};
}

}  // namespace

row truth::make_row(dice& random, const plan& how) {
    row made;
    auto kind = random.below(100);
    made.table = static_cast<unsigned>(random.below(table_count));
    made.version = versions_[made.table];
    made.key = static_cast<unsigned>(random.below(how.keys));
    made.token = ++tokens_;
    if (kind < 40) {
        made.what = row_kind::insert;
    } else if (kind < 70) {
        made.what = row_kind::update;
    } else if (kind < 80) {
        made.what = row_kind::remove;
    } else if (kind < 90 && how.keys > 1) {
        made.what = row_kind::key_change;
        made.old_key = (made.key + 1) % how.keys;
    } else if (kind < 94) {
        made.what = row_kind::truncate;
    } else {
        made.what = row_kind::message;
    }
    made.poison = how.poison != 0 && random.chance(how.poison);
    if (how.messages != 0) {
        made.what = random.chance(how.messages) ? row_kind::message : made.what;
        made.told = made.what == row_kind::message && made.table != filtered_table;
    }
    return made;
}

row truth::make_message(dice& random, const plan& how) {
    row made = make_row(random, how);
    made.what = row_kind::message;
    made.told = made.table != filtered_table;
    return made;
}

item truth::make_item(dice& random, const plan& how) {
    item made;
    auto kind = random.below(100);
    made.first = align(wal_end_.value + random.below(64), timeline_);
    made.commit = made.end = made.first;
    if (kind < 12) {
        made.what = item::kind::foreign;
    } else if (kind < 18 || (how.messages != 0 && random.chance(how.messages))) {
        made.what = item::kind::message;
        if (how.messages != 0) {
            made.rows.push_back(make_message(random, how));
        }
    } else if (kind < 30) {
        made.announced = random.chance(500);
    } else {
        for (auto rows = random.between(1, how.rows_max); rows > 0; --rows) {
            made.rows.push_back(make_row(random, how));
        }
    }
    if (made.what == item::kind::transaction) {
        made.commit = align(made.first.value + 16 * made.rows.size() + 16, timeline_);
    }
    made.end = align(made.commit.value + 16 * random.between(1, 4), timeline_);
    return made;
}

void truth::write(dice& random, const plan& how) {
    if (random.chance(50)) {
        versions_[random.below(2)] += 1;
    }
    auto index = static_cast<std::uint32_t>(items_.size());
    items_.push_back(make_item(random, how));
    order_.push_back(index);
    wal_end_ = items_.back().end;
    std::uint32_t sequence = 0;
    const bool alone = items_.back().what == item::kind::message;
    auto rows = items_.back().rows;
    for (const auto& change : rows) {
        want(index, change, alone ? 0 : ++sequence);
    }
}

void truth::want(std::uint32_t index, const row& change, std::uint32_t sequence) {
    if ((change.what == row_kind::message && !change.told) || change.table == filtered_table) {
        return;
    }
    wanted_record made;
    made.item = index;
    made.sequence = sequence;
    made.key = change.key;
    made.token = change.token;
    made.poison = change.poison;
    switch (change.what) {
        case row_kind::truncate:
            made.keyed = false;
            [[fallthrough]];
        case row_kind::insert:
        case row_kind::update:
            made.what = static_cast<char>(change.what);
            want(made, change.table);
            break;
        case row_kind::key_change:
            made.key = change.old_key;
            [[fallthrough]];
        case row_kind::remove:
            made.what = 'd';
            want(made, change.table);
            made.poison = false;
            made.what = tombstone;
            want(made, change.table);
            break;
        case row_kind::message:
            made.what = static_cast<char>(change.what);
            want(made, message_topic);
            break;
    }
    if (change.what == row_kind::key_change) {
        made.poison = false;
        made.what = 'c';
        made.key = change.key;
        want(made, change.table);
    }
}

void truth::want(wanted_record what, unsigned topic) {
    auto count = static_cast<std::int32_t>(partitions_);
    auto partition = what.keyed ? route::partition_of(key_text(what.key), count)
                                : route::partition_of(table_names[topic], count);
    what.lane = lane_of(topic, partition);
    auto& lane = lanes_[what.lane];
    if (what.poison) {
        // Among the others of its lane nobody waits for it.
        items_[what.item].missing += keeps_letters_ ? 1 : 0;
        wanted_.push_back(what);
        return;
    }
    what.place = static_cast<std::uint32_t>(lane.expected.size());
    lane.expected.push_back(static_cast<record_id>(wanted_.size()));
    ++items_[what.item].missing;
    wanted_.push_back(what);
}

void truth::lose_after(lsn at) {
    while (!order_.empty() && items_[order_.back()].end > at) {
        items_[order_.back()].lost = true;
        order_.pop_back();
    }
    verified_ = std::min(verified_, order_.size());
    for (auto& lane : lanes_) {
        while (!lane.expected.empty() && is_lost(lane.expected.back())) {
            lane.expected.pop_back();
        }
        lane.next = std::min(lane.next, lane.expected.size());
    }
    ++timeline_;
    wal_end_ = at;
}

void truth::excuse_before(lsn at) {
    for (auto index : order_) {
        auto& passed = items_[index];
        if (passed.commit < at && passed.missing > 0) {
            passed.excused = true;
        }
    }
    for (auto& lane : lanes_) {
        skip_excused(lane);
    }
}

void truth::skip_excused(lane_log& where) {
    while (where.next < where.expected.size() &&
           items_[wanted_[where.expected[where.next]].item].excused) {
        ++where.next;
    }
}

// A message outside of any transaction tells where it ends.
position truth::position_of(const wanted_record& what) const {
    const auto& of = items_[what.item];
    return {of.what == item::kind::message ? of.end : of.commit, what.sequence};
}

record_id truth::identify(unsigned topic, int partition, const record& what) const {
    auto seen = read_record(what);
    auto lane = lane_of(topic, partition);
    for (record_id id = 0; id < wanted_.size(); ++id) {
        const auto& wanted = wanted_[id];
        bool same_change = position_of(wanted) == seen.at;
        if (!same_change || wanted.what != seen.what || (wanted.keyed && wanted.key != seen.key)) {
            continue;
        }
        require(wanted.keyed == seen.keyed, "a record has a key that it must not have, or none");
        require(wanted.lane == lane, "a record goes to another partition than its key's");
        require(seen.token == 0 || seen.token == wanted.token,
                "a record has the position of another change");
        return id;
    }
    throw violation("a record that no committed change explains, or its position is not stable: " +
                    to_string(seen.at));
}

record_id truth::identify_letter(const record& what) const {
    auto header_of = [&](std::string_view name) {
        auto found = std::find_if(what.headers.begin(), what.headers.end(),
                                  [&](const header& one) { return one.name == name; });
        require(found != what.headers.end() && found->value, "a dead letter lacks a header");
        return *found->value;
    };
    require(header_of("walferry.error") == "poison_record", "a dead letter of another error");
    for (record_id id = 0; id < wanted_.size(); ++id) {
        const auto& wanted = wanted_[id];
        const char kind = what.value ? what.value->front() : tombstone;
        if (wanted.what == kind && wanted.poison &&
            to_string(position_of(wanted)) == header_of("walferry.position")) {
            return id;
        }
    }
    throw violation("a dead letter of a record that could have been published, or of none");
}

void truth::letter_landed(record_id which) {
    auto& wanted = wanted_[which];
    auto& of = items_[wanted.item];
    if (!of.lost && !of.excused && !wanted.buried) {
        --of.missing;
    }
    wanted.buried = true;
}

bool truth::letters_complete() const {
    return std::all_of(wanted_.begin(), wanted_.end(), [this](const wanted_record& one) {
        const auto& of = items_[one.item];
        return !one.poison || !keeps_letters_ || one.buried || of.lost || of.excused;
    });
}

void truth::landed(record_id which) {
    const auto& wanted = wanted_[which];
    auto& of = items_[wanted.item];
    if (of.lost) {
        return;
    }
    auto& lane = lanes_[wanted.lane];
    skip_excused(lane);
    if (wanted.place < lane.next || of.excused) {
        return;
    }
    if (wanted.place > lane.next) {
        require(lane.torn, "a record is in the log before one that it must follow");
        return;
    }
    ++lane.next;
    skip_excused(lane);
    --of.missing;
}

void truth::require_published(lsn flush) {
    for (; verified_ < order_.size(); ++verified_) {
        const auto& next = items_[order_[verified_]];
        if (next.commit >= flush) {
            break;
        }
        require(next.missing == 0 || next.excused,
                "acknowledged beyond what the broker has: the server would skip a transaction");
    }
}

bool truth::misses_before(lsn at) const {
    return std::any_of(order_.begin(), order_.end(), [&](std::uint32_t index) {
        const auto& one = items_[index];
        return one.commit < at && one.missing > 0 && !one.excused;
    });
}

bool truth::complete() const {
    return letters_complete() && std::all_of(lanes_.begin(), lanes_.end(), [](const lane_log& one) {
               return one.next == one.expected.size();
           });
}

}  // namespace walferry::simulation
