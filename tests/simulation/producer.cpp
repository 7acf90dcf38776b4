#include "tests/simulation/producer.hpp"

#include "tests/simulation/stand_in_encoder.hpp"
#include "tests/simulation/violation.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace walferry::simulation {

namespace {

// What --accept-gap gave up.
constexpr const char* gap_topic = "sim.gap";
constexpr unsigned of_gaps = topic_count;
constexpr const char* letter_topic = "sim.dead_letter";
constexpr unsigned of_letters = topic_count + 1;
constexpr record_id gap_record = std::numeric_limits<record_id>::max();

}  // namespace

producer::producer(world around, std::uint64_t number)
    : around_(around), number_(number), lanes_(topic_count * around.how.partitions + 2) {}

publish::opened_topic producer::open(const std::string& name) {
    auto topic = static_cast<unsigned>(
        std::find(std::begin(topic_names), std::end(topic_names), name) - std::begin(topic_names));
    if (topic == topic_count) {
        require(name == gap_topic || name == letter_topic, "a topic that nothing goes to");
        topic = name == gap_topic ? of_gaps : of_letters;
    }
    auto known = std::find(topics_.begin(), topics_.end(), topic);
    if (known == topics_.end()) {
        known = topics_.insert(topics_.end(), topic);
    }
    publish::opened_topic made;
    made.name = name;
    made.id = static_cast<publish::topic_id>(known - topics_.begin());
    made.partitions = static_cast<int>(around_.how.partitions);
    return made;
}

void producer::produce(publish::topic_id topic, std::int32_t partition, const record& what,
                       std::uint64_t ticket) {
    require(topic < topics_.size(), "a record for a topic that was not opened");
    require(partition >= 0 && static_cast<unsigned>(partition) < around_.how.partitions,
            "a record for a partition that does not exist");
    if (around_.lie == variant::wrong_partition) {
        partition = static_cast<std::int32_t>(around_.random.below(around_.how.partitions));
    }
    waiting_record made;
    made.ticket = ticket;
    made.bytes = what.key.value_or("").size() + what.value.value_or("").size() + 1;
    fill(made, topics_[topic], partition, what);
    largest_ = std::max(largest_, made.bytes);
    if (around_.lie == variant::acknowledge_on_send) {
        lies_.push_back({ticket, 1});
    }
    if (failed || dead) {
        return;
    }
    bytes_out_ += made.bytes;
    ++records_out_;
    auto number = lane_for(topics_[topic], partition);
    lanes_[number].queue.push_back(made);
    leave_soon(number, lanes_[number]);
}

std::uint32_t producer::lane_for(unsigned topic, std::int32_t partition) const {
    return topic == of_gaps      ? gap_lane()
           : topic == of_letters ? letter_lane()
                                 : around_.database.lane_of(topic, partition);
}

// Which record it is, and whether the broker will ever take it.
void producer::fill(waiting_record& made, unsigned topic, std::int32_t partition,
                    const record& what) {
    if (topic == of_gaps) {
        made.what = gap_record;
        return;
    }
    if (topic == of_letters) {
        made.what = around_.database.identify_letter(what);
        return;
    }
    made.what = around_.database.identify(topic, partition, what);
    const auto seen = read_record(what);
    last_commit_ = std::max(last_commit_, around_.database.commit_of(made.what));
    if (around_.database.is_poison(made.what)) {
        auto& poison = made.poison.emplace();
        poison.ticket = made.ticket;
        poison.sequence = seen.at.sequence;
        poison.topic = topic_names[topic];
        poison.partition = partition;
        poison.bytes = made.bytes - 1;
        poison.tombstone = !what.value;
        if (what.key) {
            poison.key.emplace(*what.key);
        }
    }
}

// Up to the first record that the broker refuses, or that one alone: as the real sink, which looks
// for it one record a request.
std::size_t producer::before_poison(const lane_state& lane, std::size_t count) {
    const auto begin = lane.queue.begin() + static_cast<std::ptrdiff_t>(lane.uncertain);
    const auto first = std::find_if(begin, begin + static_cast<std::ptrdiff_t>(count),
                                    [](const auto& one) { return one.poison.has_value(); });
    return std::max<std::size_t>(1, static_cast<std::size_t>(first - begin));
}

void producer::append(std::uint32_t number, record_id what) {
    if (number == letter_lane()) {
        if (around_.lie != variant::lose_a_letter) {
            around_.database.letter_landed(what);
        }
    } else if (what != gap_record) {
        around_.database.landed(what);
    }
}

void producer::leave_soon(std::uint32_t number, lane_state& lane) {
    bool more = lane.queue.size() > lane.uncertain;
    if (more && lane.flying == 0 && !lane.leaving && !lane.stopped) {
        lane.leaving = true;
        around_.calendar.plan(around_.random.below(5 * ms), happening::batch_leaves, number_,
                              number);
    }
}

producer::fate producer::draw_fate(const lane_state& lane) {
    if (around_.calm || lane.uncertain != 0) {
        return fate::appended;
    }
    const auto& how = around_.how;
    if (around_.random.chance(how.lost_replies)) {
        return fate::lost_reply;
    }
    if (around_.random.chance(how.rejected)) {
        return fate::rejected;
    }
    return around_.random.chance(how.missing_offsets) ? fate::no_offset : fate::appended;
}

void producer::batch_leaves(std::uint32_t number) {
    auto& lane = lanes_[number];
    lane.leaving = false;
    if (failed || dead || lane.stopped) {
        return;
    }
    auto waiting = lane.queue.size() - lane.uncertain;
    lane.flying = std::min<std::size_t>(waiting, around_.random.between(1, 4));
    lane.flying = before_poison(lane, lane.flying);
    const bool poisonous = lane.queue[lane.uncertain].poison.has_value();
    lane.of_batch = poisonous ? fate::refused : draw_fate(lane);
    lane.landed = false;
    auto travel = around_.random.below(3 * ms);
    if (!around_.calm && around_.random.chance(around_.how.slow_batches)) {
        travel = around_.random.below(2 * second);
    }
    around_.calendar.plan(travel, happening::batch_lands, number_, number);
}

void producer::batch_lands(std::uint32_t number) {
    auto& lane = lanes_[number];
    if (lane.flying == 0 || lane.landed) {
        return;
    }
    // What was in flight when the producer died may or may not have reached the broker.
    bool arrives = !(dead || failed) || around_.random.chance(500);
    bool appended = lane.of_batch == fate::appended || lane.of_batch == fate::lost_reply;
    lane.landed = true;
    if (arrives && appended) {
        auto first = lane.queue.begin() + static_cast<std::ptrdiff_t>(lane.uncertain);
        std::for_each(first, first + static_cast<std::ptrdiff_t>(lane.flying),
                      [&](const auto& one) { append(number, one.what); });
    }
    if (dead || failed) {
        return;
    }
    auto patience = around_.random.between(1, 500) * ms;
    switch (lane.of_batch) {
        case fate::refused:
            refused = lane.queue[lane.uncertain].poison;
            lane.stopped = true;
            fail(0);
            break;
        case fate::appended:
            around_.calendar.plan(around_.random.below(3 * ms), happening::batch_confirmed, number_,
                                  number);
            break;
        case fate::rejected:
            if (around_.lie == variant::resend_behind_successors) {
                requeue_behind(lane);
                leave_soon(number, lane);
                break;
            }
            [[fallthrough]];
        case fate::lost_reply:
            lane.stopped = true;
            fail(patience);
            break;
        case fate::no_offset:
            if (number < gap_lane()) {
                around_.database.torn(number);
            }
            lane.uncertain = lane.flying;
            lane.flying = 0;
            if (around_.lie != variant::believe_missing_offset) {
                fail(patience);  // at the latest; a later batch's success tells sooner
            }
            leave_soon(number, lane);
            break;
    }
}

void producer::fail(virtual_time after) {
    around_.calendar.plan(after, happening::producer_fails, number_);
}

void producer::requeue_behind(lane_state& lane) {
    for (; lane.flying > 0; --lane.flying) {
        lane.queue.push_back(lane.queue.front());
        lane.queue.pop_front();
    }
}

std::vector<publish::delivery> producer::batch_confirmed(std::uint32_t number) {
    auto& lane = lanes_[number];
    if (dead || failed || lane.flying == 0) {
        return {};
    }
    std::vector<publish::delivery> told;
    if (lane.uncertain != 0) {
        // Success of a later batch: the library takes the earlier one for delivered as well.
        bool believed = around_.lie == variant::believe_missing_offset;
        told = release(lane, lane.uncertain, believed);
        lane.uncertain = 0;
        if (!believed) {
            failed = error{error_kind::delivery_failed, "delivered without an offset", {}, {}};
        }
    }
    if (failed) {
        return told;
    }
    auto count = lane.flying;
    lane.flying = 0;
    auto good = release(lane, count, around_.lie != variant::acknowledge_on_send);
    told.insert(told.end(), good.begin(), good.end());
    leave_soon(number, lane);
    return told;
}

std::vector<publish::delivery> producer::release(lane_state& lane, std::size_t count, bool tell) {
    std::vector<publish::delivery> told;
    for (; count > 0; --count) {
        const auto& one = lane.queue.front();
        bytes_out_ -= one.bytes;
        --records_out_;
        bool forgotten = around_.lie == variant::drop_a_confirmation && around_.random.chance(20);
        if (tell && !forgotten) {
            if (told.empty() || told.back().ticket != one.ticket) {
                told.push_back({one.ticket, 0});
            }
            ++told.back().count;
        }
        lane.queue.pop_front();
    }
    return told;
}

std::vector<publish::delivery> producer::take_lies() {
    return std::exchange(lies_, {});
}

}  // namespace walferry::simulation
