#include "lib/snapshot/incremental.hpp"

#include "lib/snapshot/watermark.hpp"

#include <algorithm>
#include <utility>

namespace walferry::snapshot {
namespace {

// Chunks that are with the broker; further ones are not read.
constexpr std::size_t published_max = 4;

constexpr std::size_t ended_max = 50;

constexpr std::chrono::milliseconds pause_first{20};
constexpr std::chrono::milliseconds pause_max{5'000};

std::string listed(const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) {
        all += (all.empty() ? "" : ", ") + name;
    }
    return all;
}

}  // namespace

void incremental::remember(incremental_memory stored) {
    memory_ = std::move(stored);
    interrupted(true);
}

bool incremental::hear(const request& what, const origin& from, const moment& now) {
    const bool same_history = memory_.system == from.system && memory_.timeline == from.timeline;
    if (same_history && from.at <= memory_.heard) {
        return false;
    }
    memory_.system = from.system;
    memory_.timeline = from.timeline;
    memory_.slot = from.slot;
    memory_.heard = from.at;
    changed_ = urgent_ = true;
    switch (what.what) {
        case request::wish::start:
            for (const auto& table : what.tables) {
                add(table, what.where, now);
            }
            break;
        case request::wish::stop:
            stop(what.tables, now);
            break;
        case request::wish::pause:
        case request::wish::resume:
            memory_.paused = what.what == request::wish::pause;
            say(memory_.paused ? "snapshot_paused" : "snapshot_resumed",
                memory_.paused ? "the incremental snapshot waits behind its present chunk"
                               : "the incremental snapshot goes on");
            break;
    }
    return true;
}

void incremental::add(const std::string& table, const std::string& where, const moment& now) {
    const bool known = std::any_of(
        memory_.tables.begin(), memory_.tables.end(),
        [&](const auto& queued) { return queued.table == table && queued.where == where; });
    if (known) {
        say("snapshot_asked", "a snapshot of " + table + " is under way already");
        return;
    }
    table_progress asked;
    asked.table = table;
    asked.where = where;
    asked.asked_at = now.wall;
    memory_.tables.push_back(std::move(asked));
    changed_ = urgent_ = true;
    say("snapshot_asked", "a snapshot of " + table + " was asked for");
}

void incremental::stop(const std::vector<std::string>& tables, const moment& now) {
    const auto meant = [&](const std::string& table) {
        return tables.empty() || std::find(tables.begin(), tables.end(), table) != tables.end();
    };
    const bool reads = !memory_.tables.empty() && meant(memory_.tables.front().table);
    if (reads) {
        abandoned_ = abandoned_ || asking_;
        end_first(table_outcome::stopped, {}, now);
    }
    for (auto table = memory_.tables.begin(); table != memory_.tables.end();) {
        if (!meant(table->table)) {
            ++table;
            continue;
        }
        remember_end(std::move(*table), table_outcome::stopped, {}, now);
        table = memory_.tables.erase(table);
    }
    if (reads) {
        reached_ = memory_.tables.empty() ? std::nullopt : memory_.tables.front().after;
    }
}

std::optional<chunk_request> incremental::next(bool binary, const moment& now) {
    if (memory_.paused && !asking_ && !window_.delivered()) {
        window_.leave();
    }
    const bool may = !memory_.paused && !memory_.tables.empty() && !asking_ && !all_read_ &&
                     !window_.delivered() && published_.size() < published_max &&
                     now.steady >= not_before_;
    if (!may) {
        return std::nullopt;
    }
    const auto& table = memory_.tables.front();
    asking_ = true;
    high_.reset();
    chunk_request wanted;
    wanted.number = ++number_;
    wanted.table = table.table;
    wanted.where = table.where;
    wanted.key = table.key;
    wanted.after = reached_;
    wanted.until = table.until;
    wanted.opens = window_.table() == 0;
    wanted.binary = binary;
    return wanted;
}

bool incremental::opened(const opened_table& what, const moment& now) {
    if (!asking_ || what.number != number_) {
        return false;
    }
    auto& table = memory_.tables.front();
    if (!what.until) {
        end_first(table_outcome::done, {}, now);
        return false;
    }
    changed_ = true;
    if (table.key != what.key) {
        if (!table.key.empty()) {
            say("snapshot_begins_again", "the key of table " + what.name + " is another one");
        }
        table.key = what.key;
        table.after.reset();
        table.until = what.until;
        table.rows = 0;
        reached_.reset();
        published_.clear();
    }
    if (!table.begun_at) {
        table.begun_at = now.wall;
        table.rows_estimated = what.rows_estimated;
    }
    say("snapshot_table", "reading table " + what.name + " in chunks by its key (" +
                              listed(what.key) + (reached_ ? "), from where it was left" : ")"));
    window_.follow(what.id, what.key);
    return true;
}

// A pattern, or a table whose partitions are published.
void incremental::expanded(std::uint64_t number, const std::vector<std::string>& tables) {
    if (!asking_ || number != number_) {
        return;
    }
    const auto asked = std::move(memory_.tables.front());
    memory_.tables.pop_front();
    forget_reading();
    auto place = memory_.tables.begin();
    for (const auto& name : tables) {
        const bool queued = std::any_of(
            memory_.tables.begin(), memory_.tables.end(),
            [&](const auto& other) { return other.table == name && other.where == asked.where; });
        if (!queued) {
            table_progress one;
            one.table = name;
            one.where = asked.where;
            one.asked_at = asked.asked_at;
            place = memory_.tables.insert(place, std::move(one)) + 1;
        }
    }
    reached_ = memory_.tables.empty() ? std::nullopt : memory_.tables.front().after;
    changed_ = true;
}

void incremental::deliver(chunk read) {
    if (!asking_ || read.number != number_) {
        return;
    }
    asking_ = false;
    window_.deliver(std::move(read));
}

void incremental::failed(std::uint64_t number, error why, const moment& now) {
    if (number != number_ || memory_.tables.empty() || publishing_) {
        return;
    }
    const auto table = memory_.tables.front().table;
    forget_reading();
    if (is_retried(why.kind)) {
        try_later(now);
        remarks_.push_back({why.kind, "snapshot_retry",
                            "reading table " + table + " is tried again: " + why.message,
                            why.hint});
        return;
    }
    refuse(std::move(why), now);
}

void incremental::refuse(error why, const moment& now) {
    remarks_.push_back({why.kind, "snapshot_failed",
                        "the snapshot of " + memory_.tables.front().table + " ends: " + why.message,
                        why.hint});
    end_first(table_outcome::failed, std::move(why.message), now);
}

void incremental::mark(std::string_view text, lsn at) {
    if (text == mark_text(token_, number_, "open")) {
        window_.opening_mark();
    } else if (text == mark_text(token_, number_, "high")) {
        high_ = at;
    }
}

void incremental::interrupted(bool sink_lost) {
    abandoned_ = abandoned_ || asking_;
    forget_reading();
    if (!sink_lost) {
        return;
    }
    published_.clear();
    rows_out_.clear();
    all_read_ = false;
    reached_ = memory_.tables.empty() ? std::nullopt : memory_.tables.front().after;
    changed_ = changed_ || storing_;
    storing_ = false;
}

incremental::verdict incremental::judge(bool newer, const moment& now) {
    const bool sound = window_.sound() && !(newer && window_.definition_may_be_newer());
    if (sound) {
        publishing_ = true;
        next_row_ = 0;
        sequence_ = rows_published_ = 0;
        return verdict::publish;
    }
    if (window_.lost()) {
        window_.leave();
    }
    drop_chunk();
    try_later(now);
    return verdict::again;
}

std::optional<std::string_view> incremental::take_row() {
    const auto& rows = current().rows;
    while (next_row_ < rows.size() && window_.is_left_out(next_row_)) {
        ++next_row_;
    }
    return next_row_ < rows.size() ? std::optional{rows.line(next_row_++)} : std::nullopt;
}

void incremental::published_all(std::uint64_t ticket) {
    const auto& read = current();
    published_.push_back({ticket, rows_published_, read.last, read.ends});
    if (read.last) {
        reached_ = read.last;
    }
    all_read_ = read.ends;
    pause_ = {};
    drop_chunk();
}

void incremental::settle(std::uint64_t confirmed_below, const moment& now) {
    rows_out_.confirmed_below(confirmed_below);
    while (!published_.empty() && published_.front().ticket <= confirmed_below) {
        const auto done = std::move(published_.front());
        published_.pop_front();
        auto& table = memory_.tables.front();
        table.rows += done.rows;
        rows_confirmed_ += done.rows;
        if (done.last) {
            table.after = done.last;
        }
        changed_ = true;
        if (done.ends) {
            end_first(table_outcome::done, {}, now);
        }
    }
}

std::optional<incremental_memory> incremental::to_store(const moment& now) {
    if (!changed_ || (storing_ && !urgent_)) {
        return std::nullopt;
    }
    storing_ = true;
    changed_ = urgent_ = false;
    memory_.written_at = now.wall;
    return memory_;
}

void incremental::end_first(table_outcome outcome, std::string why, const moment& now) {
    auto table = std::move(memory_.tables.front());
    memory_.tables.pop_front();
    forget_reading();
    published_.clear();
    all_read_ = false;
    pause_ = {};
    not_before_ = {};
    reached_ = memory_.tables.empty() ? std::nullopt : memory_.tables.front().after;
    remember_end(std::move(table), outcome, std::move(why), now);
}

void incremental::remember_end(table_progress table, table_outcome outcome, std::string why,
                               const moment& now) {
    if (outcome != table_outcome::failed) {
        say(outcome == table_outcome::done ? "snapshot_table_done" : "snapshot_stopped",
            (outcome == table_outcome::done ? "confirmed is all of table "
                                            : "stopped as told: table ") +
                table.table + ", " + std::to_string(table.rows) + " rows");
    }
    memory_.ended.push_back(
        {std::move(table.table), outcome, table.rows, std::move(why), now.wall});
    if (memory_.ended.size() > ended_max) {
        memory_.ended.pop_front();
    }
    changed_ = true;
}

void incremental::drop_chunk() {
    window_.release();
    high_.reset();
    publishing_ = false;
}

// The table must be opened again before more of it is read.
void incremental::forget_reading() {
    window_.leave();
    drop_chunk();
    asking_ = false;
    ++number_;
}

void incremental::try_later(const moment& now) {
    pause_ = std::clamp(pause_ * 2, pause_first, pause_max);
    not_before_ = now.steady + pause_;
}

}  // namespace walferry::snapshot
