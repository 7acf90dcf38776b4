// What the simulated process does for the engine, and what is checked of it.

#include "tests/simulation/process.hpp"
#include "tests/simulation/violation.hpp"

#include <algorithm>
#include <variant>

namespace walferry::simulation {

void process::perform() {
    for (auto actions = engine_->take_actions(); !actions.empty() && !finished_;
         actions = engine_->take_actions()) {
        for (auto& next : actions) {
            if (!finished_) {
                std::visit([this](auto& what) { act(what); }, next);
            }
        }
    }
}

void process::leave_connection() {
    ++attempt_;
    prepared_ = false;
    if (session_ != 0 && around_.postgres.streams(session_)) {
        around_.postgres.end_session();
        if (!around_.calm && around_.random.chance(200)) {
            around_.postgres.slot_busy_until =
                around_.calendar.now() + around_.random.below(500 * ms);
        }
    }
    session_ = 0;
    broken_ = ranged_ = second_read_ = false;
    if (around_.lie != variant::keep_old_session) {
        pipe_.clear();
    }
}

void process::act(pipeline::connect& what) {
    leave_connection();
    auto delay = static_cast<virtual_time>(what.delay.count()) * ms;
    tell([&] { return "connect after " + std::to_string(delay); });
    around_.calendar.plan(delay + around_.random.between(1, 10) * ms, happening::connected,
                          attempt_);
}

void process::act(pipeline::start_streaming& what) {
    auto from = what.from;
    streamed_wanted_ = what.streams;
    if (around_.lie == variant::start_above_unconfirmed && sinks_made_ > 1) {
        from = std::max(from, end_seen_);
    }
    tell([&] { return "start from " + to_string(from); });
    around_.calendar.plan(around_.random.between(1, 5) * ms, happening::started, attempt_,
                          from.value);
}

lsn process::falsified(lsn flush) {
    switch (around_.lie) {
        case variant::acknowledge_open_transaction:
            return engine_->book().is_open() ? std::max(flush, open_commit_) : flush;
        case variant::acknowledge_keepalive_early:
            return std::max(flush, keepalive_);
        case variant::flush_goes_back:
            return around_.random.chance(100) && flush.value > 0x1000 ? lsn{flush.value - 1}
                                                                      : flush;
        default:
            return flush;
    }
}

void process::act(pipeline::send_status& what) {
    if (session_ == 0) {
        return;
    }
    auto flush = falsified(what.acknowledged);
    tell([&] { return "status " + to_string(flush); });
    require(flush >= flushed_, "the acknowledged LSN went back within one session");
    require(flush <= around_.database.wal_end() || broken_ || !around_.postgres.streams(session_),
            "acknowledged what the server never sent");
    if (around_.postgres.streams(session_)) {
        around_.database.require_published(flush);
    }
    if (around_.how.keeps_state && !has_rival() && flush > flushed_ &&
        around_.lie == variant::none) {
        bool known_before = std::any_of(
            around_.records.begin(), around_.records.end(), [&](const state_record& one) {
                return one.timeline == streamed_ && one.acknowledged >= flush;
            });
        known_before = known_before || (around_.stored && contained(around_.postgres.identity(),
                                                                    *around_.stored) >= flush);
        require(known_before || flush <= known_ || flush <= around_.postgres.confirmed(),
                "acknowledged before the position was stored");
    }
    flushed_ = flush;
    known_ = std::max(known_, flush);
    if (!broken_) {
        around_.calendar.plan(ms, happening::status, session_, flush.value);
        if (what.reply_requested) {
            around_.postgres.wants_reply();
            serve_soon();
        }
    }
}

void process::act(pipeline::describe& what) {
    question_ = std::move(what);
    around_.calendar.plan(around_.random.between(1, 20) * ms, happening::described, attempt_);
}

void process::act(pipeline::open_topics& what) {
    // Theirs is opened when the first one comes, and nothing else tells of it.
    const bool for_messages = what.wanted.front().name == topic_names[message_topic];
    if (!for_messages) {
        wanted_topics_.insert(wanted_topics_.end(), what.wanted.begin(), what.wanted.end());
    }
    bool late = !around_.calm && around_.random.chance(for_messages ? 400 : 100);
    auto after = around_.random.between(1, late ? 3'000 : 30) * ms;
    around_.calendar.plan(after, happening::opened, sink_number_, for_messages ? of_messages : 0);
}

void process::act(pipeline::replace_sink& what) {
    give_sink_away();
    auto delay = static_cast<virtual_time>(what.delay.count()) * ms;
    around_.calendar.plan(delay + ms, happening::sink_made, number_);
}

void process::act(pipeline::flush_sink&) {}

void process::act(pipeline::write_state& what) {
    tell([&] { return "state " + to_string(what.acknowledged); });
    if (sink_ == nullptr) {
        return;
    }
    sink_->timeline = streamed_;
    sink_->generation = what.generation;
    sink_->published = what.published;
    sink_->epoch = epoch_;
    sink_->state_key = state_key_;
    auto after = around_.random.between(1, 20) * ms;
    if (around_.lie == variant::state_after_acknowledgement) {
        after += around_.random.below(300 * ms);
        engine_->state_written(what.acknowledged, now());
    }
    around_.calendar.plan(after, happening::state_lands, sink_number_, what.acknowledged.value);
}

// Standbys are not simulated: not asked for.
void process::act(pipeline::await_standbys&) {
    require(false, "waits for standbys that nobody configured");
}

void process::act(pipeline::finish& what) {
    finished_ = true;
    why_ = std::move(what.why);
    tell([&] { return "finished: " + (why_ ? why_->message : std::string{"well"}); });
    leave_connection();
    give_sink_away();
}

void process::act(pipeline::report& what) {
    tell([&] { return what.event + ": " + what.message; });
}

}  // namespace walferry::simulation
