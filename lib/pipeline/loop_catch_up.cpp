// A backlog that is too large for one walsender: when parallel backends decode it, and how the
// stream goes on behind it.

#include "lib/pipeline/loop_catch_up.hpp"

#include "lib/pipeline/loop_state.hpp"
#include "lib/postgres/sql_text.hpp"

#include <utility>

namespace walferry::pipeline {
namespace {

// What made a catch-up impossible is likely to last; a connection that broke is not.
constexpr std::chrono::minutes pause_after_failure{10};
constexpr int passing_failures_max = 3;

// Forwarding the slot reads all WAL from its restart_lsn on.
constexpr std::chrono::minutes forward_patience{30};

bool is_passing(const error& why) {
    return why.sqlstate.empty() ? why.kind == error_kind::connection_lost ||
                                      why.kind == error_kind::server_unreachable
                                : why.sqlstate.starts_with("57P") || why.sqlstate.starts_with("08");
}

std::string in_mebibytes(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

catch_up::catch_up(boost::asio::io_context& io, range_request request,
                   std::unique_ptr<postgres::replication_stream> stream, owner who)
    : owner_(std::move(who)), stream_(std::move(stream)), reader_(io, std::move(request), *this) {}

// Whatever follows may end this object.
void catch_up::turn_over() {
    auto hand_back = owner_.turn_over;
    hand_back();
}

void catch_up::ended(std::optional<error> why) {
    all_read_ = !why;
    auto hand_back = owner_.ended;
    hand_back(why);
}

// Changes that PostgreSQL itself holds back for standbys would not wait for them in a copy of the
// slot.
std::vector<wal_range> loop::state::ranges_behind(lsn from) const {
    const auto& source = settings.source;
    const auto& server = prepared->server;
    const bool held_back = prepared->slot.failover && !server.synchronized_standby_slots.empty() &&
                           source.wait_for_standbys.empty();
    const auto behind = server.wal_position.value - std::min(server.wal_position, from).value;
    if (server.in_recovery || held_back || behind <= source.catch_up.after_bytes ||
        now().steady < catch_up_after) {
        return {};
    }
    return plan_ranges(from, server.wal_position, source.catch_up.workers);
}

void loop::state::catch_up_from(std::vector<wal_range> ranges, bool binary,
                                std::unique_ptr<postgres::replication_stream> stream) {
    const auto bytes = ranges.back().to.value - ranges.front().from.value;
    const std::string message = in_mebibytes(bytes) + " of WAL behind: reading up to " +
                                to_string(ranges.back().to) + " in " +
                                std::to_string(ranges.size()) + " ranges, by up to " +
                                std::to_string(settings.source.catch_up.workers) + " backends";
    log.write({.event = "catch_up",
               .message = message,
               .slot = settings.source.slot,
               .at = ranges.front().from});
    range_request request{settings.source, binary, prepared->server.started, std::move(ranges)};
    catch_up::owner owner;
    owner.breathe = [this] { breathe(); };
    owner.wants_message = [this] { return decider.wants_input(); };
    owner.message = [this](lsn at, std::string_view what) {
        decider.message_received(at, what, frame_moment);
    };
    owner.turn_over = [this] { end_turn(); };
    owner.range_ends = [this](lsn at) { decider.range_received(at, now()); };
    owner.ended = [this](const std::optional<error>& why) {
        if (why) {
            give_catch_up_up(*why);
        } else if (sink != nullptr) {
            sink->flush();
        }
        perform();
    };
    catching_up =
        std::make_unique<catch_up>(io, std::move(request), std::move(stream), std::move(owner));
    catching_up->start();
}

void loop::state::look_after_catch_up() {
    if (reader != nullptr || !decider.is_streaming()) {
        return;
    }
    decider.source_lives(now());
    if (catching_up == nullptr) {
        return;  // the slot is being forwarded
    }
    if (catching_up->stream().ended()) {
        const auto why = catching_up->stream().failure();
        decider.connection_failed(why, now());
        return;
    }
    // What is confirmed moves the slot, so that the walsender need not read it all again.
    const auto& book = decider.book();
    if (catching_up->all_read() && book.unconfirmed() == 0 &&
        decider.acknowledgement().settled(book.acknowledgeable())) {
        catching_up->leave();
        catch_ups_failed = 0;
        follow_stream();
    }
}

void loop::state::give_catch_up_up(const error& why) {
    ++catch_ups_failed;
    if (!is_passing(why) || catch_ups_failed >= passing_failures_max) {
        catch_up_after = now().steady + pause_after_failure;
        catch_ups_failed = 0;
    }
    report note{report::severity::warning,
                "catch_up_given_up",
                "the backlog is left to the walsender: " + why.message,
                why.hint,
                decider.book().received(),
                why.kind};
    do_action(note);
    follow_stream();
}

void loop::state::follow_stream() {
    control_jobs.add(
        [self = shared_from_this(), attempt = attempt_number] { return self->free_slot(attempt); });
}

// The walsender that was not read is of no use any more. The slot is moved to what was reported
// anyway, so that its restart_lsn moves, too. An error is of the connection, or somebody else's
// walferry was faster: the next attempt tells.
postgres::task<void> loop::state::free_slot(std::uint64_t attempt) {
    auto self = shared_from_this();
    if (attempt != attempt_number || over || catching_up == nullptr) {
        co_return;
    }
    auto control = prepared->control.share();
    const auto pid = catching_up->stream().backend_pid();
    std::string end = "SELECT pg_terminate_backend(" + std::to_string(pid) + ", 10000)";
    auto ended = co_await control.query(std::move(end));
    if (attempt != attempt_number || over) {
        co_return;
    }
    catching_up.reset();
    const auto reported = decider.acknowledgement().reported();
    std::string forward = "SELECT pg_replication_slot_advance(" +
                          postgres::quote_literal(settings.source.slot) + ", " +
                          postgres::quote_literal(to_string(reported)) + ")";
    auto forwarded = co_await control.query(std::move(forward), forward_patience);
    if (attempt != attempt_number || over) {
        co_return;
    }
    decider.connect_again(now());
    perform();
}

}  // namespace walferry::pipeline
