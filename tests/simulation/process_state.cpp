// The simulated process and the state topic, where another instance waits for the same slot: what
// lib/pipeline/loop_state_topic.cpp does, step by step.

#include "lib/ledger/outdated.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/violation.hpp"

namespace walferry::simulation {

// Before the first look at the slot.
void process::begin_with_state() {
    if (std::exchange(state_known_, true)) {
        return;
    }
    const auto found = around_.topic.read();
    epoch_ = found.epoch + 1;
    other_keys_ = around_.topic.others(state_key_);
    if (found.position) {
        engine_->remember(*found.position);
    }
}

void process::slot_seen() {
    const auto& postgres = around_.postgres;
    if (!postgres.up || postgres.shutting_down) {
        engine_->connection_failed(made_error(error_kind::connection_lost), now());
        return;
    }
    if (postgres.streams() || around_.calendar.now() < postgres.slot_busy_until) {
        engine_->connection_failed(made_error(error_kind::slot_in_use), now());
        return;
    }
    seen_server_ = postgres.identity();
    seen_slot_ = postgres.slot();
    tell([&] { return "sees the slot at " + to_string(seen_slot_.confirmed); });
    const bool ahead = seen_slot_.confirmed > engine_->acknowledgement().reported();
    if (engine_->timeline() && ahead && around_.lie != variant::judge_by_own_memory) {
        read_state_soon(reading::of_slot_ahead);
    } else {
        accept_slot();
    }
}

void process::read_state_soon(reading why) {
    around_.calendar.plan(around_.random.between(1, 10) * ms, happening::state_read, attempt_,
                          static_cast<std::uint64_t>(why));
}

void process::state_read(reading why) {
    if (why == reading::of_slot_ahead) {
        if (!overtaken()) {
            accept_slot();
        }
    } else if (!superseded()) {
        second_read_ = false;
        engine_->streaming(now());
        serve_soon();
    }
}

// True when the attempt is over.
bool process::overtaken() {
    const auto found = around_.topic.read();
    other_keys_ = around_.topic.others(state_key_);
    if (!found.position || found.position->acknowledged <= engine_->acknowledgement().reported()) {
        return false;
    }
    const bool anything_out = engine_->book().unconfirmed() > 0;
    const bool seen_too_early =
        outdated(seen_server_.timeline, seen_server_.flushed, *found.position);
    if (seen_too_early && !anything_out) {
        engine_->connection_failed(made_error(error_kind::connection_lost), now());
    }
    return go_on_behind(found, anything_out) || seen_too_early;
}

bool process::go_on_behind(const remembered_state& found, bool gives_sink_away) {
    epoch_ = std::max(epoch_, found.epoch + 1);
    tell([&] { return "overtaken at " + to_string(found.position->acknowledged); });
    if (gives_sink_away) {
        engine_->sink_failed(made_error(error_kind::connection_lost), now());
    }
    engine_->remember(*found.position);
    return gives_sink_away;
}

void process::accept_slot() {
    prepared_ = true;
    flushed_ = std::min(flushed_, seen_slot_.confirmed);
    engine_->prepared(seen_server_, seen_slot_, around_.postgres.catalog_for({}), now());
    perform();
    require(stopping_ || !finished_, "stopped to protect data although nothing is wrong");
    ever_prepared_ = true;
    streamed_ = seen_server_.timeline;
}

// The slot is ours, nobody else can move it: what is stored now counts.
bool process::superseded() {
    const bool one_key = around_.lie == variant::one_state_key;
    state_key_ = one_key ? 1 : around_.topic.new_key();
    other_keys_ = around_.topic.others(state_key_);
    const auto found = around_.topic.read();
    if (!found.position || !engine_->is_behind(*found.position, started_from_)) {
        return false;
    }
    const bool anything_out = engine_->book().unconfirmed() > 0;
    if (!anything_out) {
        engine_->connection_failed(made_error(error_kind::connection_lost), now());
    }
    go_on_behind(found, anything_out);
    return true;
}

void process::state_confirmed(lsn acknowledged) {
    engine_->state_written(acknowledged, now());
    const bool stored = engine_->acknowledgement().stored_in_session();
    const bool asks = around_.lie != variant::clean_up_unasked;
    if (around_.lie == variant::clean_up_before_record || (stored && !asks)) {
        clean_up();
    } else if (stored && !other_keys_.empty()) {
        around_.calendar.plan(around_.random.between(1, 20) * ms, happening::holder_told, attempt_);
    }
}

void process::holder_told() {
    if (!broken_ && session_ != 0 && around_.postgres.streams(session_)) {
        clean_up();
    }
}

void process::clean_up() {
    for (auto key : std::exchange(other_keys_, {})) {
        around_.calendar.plan(around_.random.between(1, 20) * ms, happening::state_removed,
                              sink_number_, key);
    }
}

}  // namespace walferry::simulation
