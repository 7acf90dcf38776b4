// The simulated process while what it reads comes in ranges: what lib/pipeline/loop_catch_up.cpp
// does.

#include "lib/postgres/copy_frame.hpp"
#include "tests/simulation/process.hpp"

namespace walferry::simulation {

void process::take(std::string_view frame) {
    if (!ranged_) {
        engine_->received(frame, now());
        return;
    }
    if (auto cut = range_end_of(frame)) {
        engine_->range_received(*cut, now());
        return;
    }
    if (around_.lie == variant::lose_a_range && around_.postgres.streams(session_) &&
        around_.random.chance(30)) {
        around_.postgres.skip_range();
        pipe_.clear();
        return;
    }
    if (around_.lie == variant::range_ends_early) {
        engine_->range_received(around_.postgres.identity().flushed, now());
    }
    auto parsed = postgres::parse_copy_frame(frame);
    const auto& data = std::get<postgres::wal_frame>(parsed);
    engine_->message_received(data.start, data.payload, now());
}

// As the loop does: once all is confirmed and told, or when a backend fails.
void process::look_after_ranges() {
    if (!ranged_ || session_ == 0 || second_read_ || finished_ || stopping_) {
        return;
    }
    auto& postgres = around_.postgres;
    const auto& book = engine_->book();
    const bool fails = postgres.shutting_down || (!around_.calm && around_.random.chance(5));
    const bool done = !broken_ && !postgres.ranges_left() && pipe_.empty() &&
                      book.unconfirmed() == 0 &&
                      engine_->acknowledgement().settled(book.acknowledgeable());
    if (fails || done) {
        leave_ranges();
    }
}

// The slot is forwarded by SQL to what was reported to it anyway.
void process::leave_ranges() {
    auto& postgres = around_.postgres;
    tell([] { return "leaves the ranges"; });
    ranged_ = false;
    const auto reported = engine_->acknowledgement().reported();
    if (!broken_ && postgres.streams(session_) && reported >= postgres.confirmed()) {
        if (has_rival() && reported > postgres.confirmed()) {
            around_.topic.tell(reported);
        }
        postgres.status(reported);
    }
    engine_->connect_again(now());
    perform();
}

}  // namespace walferry::simulation
