// The simulated process and its connection to PostgreSQL.

#include "lib/base/byte_reader.hpp"
#include "lib/postgres/copy_frame.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/violation.hpp"
#include "tests/support/frame_builder.hpp"
#include "tests/support/pgoutput_builder.hpp"

#include <algorithm>

namespace walferry::simulation {
namespace {

// The message's, where the frame has one.
char kind_of(std::string_view frame) {
    constexpr std::size_t head = 25;
    return frame.size() > head && frame.front() == 'w' ? frame[head] : '\0';
}

}  // namespace

void process::connected() {
    auto& postgres = around_.postgres;
    bool unlucky = !around_.calm && around_.random.chance(around_.how.failed_connects);
    // Nobody who remembers nothing can know a strange system: it does not answer them.
    bool knows = (remembers_ && !settings_.accept_gap) || ever_prepared_;
    unlucky = unlucky || (postgres.shows_other_system && !knows);
    std::optional<error_kind> refused;
    if (!postgres.up || postgres.shutting_down) {
        refused =
            postgres.shutting_down ? error_kind::server_not_ready : error_kind::server_unreachable;
    } else if (unlucky) {
        refused = error_kind::too_many_connections;
    } else if (!postgres.slot_exists()) {
        refused = ever_prepared_ ? error_kind::slot_lost : error_kind::slot_missing;
    } else if (around_.calendar.now() < postgres.slot_busy_until) {
        refused = error_kind::slot_in_use;
    }
    if (refused) {
        engine_->connection_failed(made_error(*refused), now());
        return;
    }
    if (has_rival()) {
        begin_with_state();
        around_.calendar.plan(around_.random.below(10 * ms), happening::slot_seen, attempt_);
        return;
    }
    prepared_ = true;
    judge_resumption();
}

// Whether the engine may go on, and whether it must not, is known before it is asked.
void process::judge_resumption() {
    auto& postgres = around_.postgres;
    bool accepts = settings_.accept_gap && !ever_prepared_;
    bool remembers = remembers_ || ever_prepared_;
    auto server = postgres.identity();
    auto slot = postgres.slot();
    forget_what_is_not_in_history();
    flushed_ = std::min(flushed_, slot.confirmed);
    bool ahead = slot.confirmed > known_;
    bool gap = (ahead || accepts) && around_.database.misses_before(slot.confirmed);
    bool may_stop =
        remembers && !accepts &&
        (postgres.shows_other_system || beyond_history() || (ahead && postgres.was_moved()));
    bool must_stop = remembers && !accepts &&
                     (postgres.shows_other_system || (beyond_history() && !gap_accepted_) || gap);
    engine_->prepared(server, slot, postgres.catalog_for({}), now());
    perform();
    if (finished_) {
        require(may_stop, "stopped to protect data although nothing is wrong");
        return;
    }
    if (stopping_) {
        return;
    }
    require(!must_stop, "went on although the server does not have, or has lost, what is needed");
    ever_prepared_ = true;
    streamed_ = server.timeline;
    published_lost_ = false;
    if (gap) {
        around_.database.excuse_before(slot.confirmed);
    }
    known_ = remembers && !accepts ? known_ : slot.confirmed;
    gap_accepted_ = gap_accepted_ || accepts;
}

// What was reached on a timeline counts up to where the history left it.
void process::forget_what_is_not_in_history() {
    const auto& postgres = around_.postgres;
    if (ever_prepared_) {
        lsn has = postgres.has_of(streamed_);
        known_ = std::min(known_, has);
        flushed_ = std::min(flushed_, has);
        return;
    }
    for (const auto& one : remembered_) {
        known_ = std::max(known_, std::min(one.acknowledged, postgres.has_of(one.timeline)));
    }
}

bool process::beyond_history() const {
    // What still came of a connection that was dead already was published, too.
    auto newest = sink_ == nullptr ? produced_ : std::max(produced_, sink_->newest_commit());
    bool read_late = ever_prepared_ && newest >= around_.postgres.has_of(streamed_);
    return published_lost_ || read_late ||
           std::any_of(remembered_.begin(), remembered_.end(), [this](const auto& one) {
               return one.published > around_.postgres.has_of(one.timeline);
           });
}

void process::started(lsn from) {
    auto& postgres = around_.postgres;
    if (broken_ || !postgres.up || postgres.shutting_down || !postgres.slot_exists()) {
        auto kind = postgres.up && !postgres.slot_exists() ? error_kind::slot_lost
                                                           : error_kind::connection_lost;
        leave_connection();
        engine_->connection_failed(made_error(kind), now());
        return;
    }
    if (postgres.streams() || around_.calendar.now() < postgres.slot_busy_until) {
        leave_connection();
        engine_->connection_failed(made_error(error_kind::slot_in_use), now());
        return;
    }
    ranged_ = around_.how.catch_ups != 0 && around_.random.chance(around_.how.catch_ups);
    session_ = ranged_ ? postgres.start_ranges(from)
                       : postgres.start(from, around_.how.streams != 0 && streamed_wanted_);
    if (has_rival()) {
        started_from_ = from;
        second_read_ = true;
        read_state_soon(reading::of_session);
        return;
    }
    engine_->streaming(now());
    serve_soon();
}

void process::poke() {
    if (session_ != 0) {
        serve_soon();
    }
}

void process::serve_soon() {
    around_.calendar.plan(around_.random.below(ms), happening::serve, session_, ++serve_token_);
}

void process::serve() {
    auto& postgres = around_.postgres;
    if (session_ == 0 || broken_ || !postgres.streams(session_)) {
        return;
    }
    bool sent = false;
    for (auto burst = around_.random.between(1, 8); burst > 0 && pipe_.size() < 16; --burst) {
        auto frame = postgres.next_frame();
        if (!frame) {
            break;
        }
        pipe_.push_back(std::move(*frame));
        sent = true;
    }
    auto pause = around_.random.below(2 * ms);
    if (!sent && pipe_.empty()) {
        pause = around_.random.between(200, 3'000) * ms;
        postgres.regular_keepalive();
    }
    around_.calendar.plan(pause + 1, happening::serve, session_, ++serve_token_);
}

void process::read() {
    while (!finished_) {
        if (take_spooled()) {
            continue;
        }
        if (pipe_.empty() || !(engine_->wants_input() || passes(pipe_.front()))) {
            return;
        }
        auto frame = std::move(pipe_.front());
        pipe_.pop_front();
        bool alive = frame.front() == 'k';
        if ((around_.lie == variant::ignore_keepalives && alive) ||
            (around_.lie == variant::keep_what_is_rolled_back && kind_of(frame) == 'A') ||
            (around_.lie == variant::lose_a_frame && !alive && around_.random.chance(30))) {
            continue;
        }
        look_at(frame);
        take(frame);
        if (around_.lie == variant::publish_before_commit) {
            commit_early(frame);
        }
        if (sink_ != nullptr && around_.lie == variant::acknowledge_on_send) {
            auto lies = sink_->take_lies();
            engine_->confirmed(lies, now());
        }
        perform();
    }
}

// Mistake: what the range still has waiting is not asked for.
bool process::passes(std::string_view frame) const {
    return around_.lie == variant::range_passes_what_waits && engine_->is_streaming() &&
           range_end_of(frame).has_value();
}

bool process::take_spooled() {
    if (engine_->wants() != pipeline::wanted::spooled) {
        return false;
    }
    engine_->take_spooled(now());
    if (sink_ != nullptr && around_.lie == variant::acknowledge_on_send) {
        auto lies = sink_->take_lies();
        engine_->confirmed(lies, now());
    }
    perform();
    return true;
}

void process::commit_early(std::string_view frame) {
    if (finished_ || kind_of(frame) != 'E' || !engine_->wants_input()) {
        return;
    }
    const auto end = engine_->book().received().value;
    engine_->received(test::wal_frame({end + 2}, test::stream_commit(block_, {end + 1}, {end + 2})),
                      now());
}

void process::look_at(std::string_view frame) {
    if (auto cut = range_end_of(frame)) {
        keepalive_ = std::max(keepalive_, *cut);
        tell([&] { return "< range ends " + to_string(keepalive_); });
        return;
    }
    auto parsed = postgres::parse_copy_frame(frame);
    if (const auto* alive = std::get_if<postgres::keepalive_frame>(&parsed)) {
        keepalive_ = std::max(keepalive_, alive->wal_end);
        tell([&] { return "< alive " + to_string(keepalive_); });
        return;
    }
    byte_reader in{std::get<postgres::wal_frame>(parsed).payload};
    char kind = static_cast<char>(in.u8());
    tell([&] { return std::string{"< "} + kind; });
    if (kind == 'B') {
        open_commit_ = {in.u64() + 1};
    } else if (kind == 'S') {
        block_ = in.u32();
    } else if (kind == 'c') {
        in.bytes(13);
        end_seen_ = std::max(end_seen_, lsn{in.u64()});
    } else if (kind == 'C') {
        in.bytes(9);
        end_seen_ = std::max(end_seen_, lsn{in.u64()});
    }
}

void process::connection_broken(bool noticed) {
    if (!has_connection() || broken_) {
        return;
    }
    broken_ = true;
    if (session_ != 0 && around_.postgres.streams(session_)) {
        around_.postgres.end_session();
    }
    while (!pipe_.empty() && around_.random.chance(300)) {
        pipe_.pop_back();
    }
    if (noticed) {
        around_.calendar.plan(around_.random.below(200 * ms), happening::lost, attempt_);
    }
}

void process::history_rewritten(lsn at) {
    auto newest = sink_ == nullptr ? produced_ : std::max(produced_, sink_->newest_commit());
    published_lost_ = published_lost_ || newest >= at;
}

}  // namespace walferry::simulation
