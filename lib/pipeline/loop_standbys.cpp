// source.wait_for_standbys: how far they are, asked while a transaction waits for them.

#include "lib/pipeline/loop_state.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace walferry::pipeline {
namespace {

constexpr std::chrono::milliseconds shortest_pause{5};
constexpr std::chrono::milliseconds longest_pause{200};

// Readiness lasts that long, as it does while a broker is silent.
constexpr std::chrono::seconds told_after{10};

}  // namespace

void loop::state::do_action(await_standbys& what) {
    standby_goal = what.commit;
    standby_pause = shortest_pause;
    standbys_awaited_since = now().steady;
    ask_standbys(attempt_number);
}

void loop::state::ask_standbys(std::uint64_t attempt) {
    control_jobs.add(
        [self = shared_from_this(), attempt] { return self->look_at_standbys(attempt); });
}

postgres::task<void> loop::state::look_at_standbys(std::uint64_t attempt) {
    auto self = shared_from_this();
    if (attempt != attempt_number || over || !prepared) {
        co_return;
    }
    auto control = prepared->control.share();
    auto names = settings.source.wait_for_standbys;
    auto progress = co_await postgres::read_standbys(control, std::move(names));
    if (attempt != attempt_number || over) {
        co_return;
    }
    if (!progress) {
        decider.connection_failed(std::move(progress.error()), now());
        perform();
        co_return;
    }
    standbys.sampled(progress->next_record, progress->flushed);
    if (standbys.safe() > standby_goal) {
        seen.source.waits_for.clear();
        decider.standbys_have(standbys.safe(), now());
        perform();
        co_return;
    }
    tell_standbys(*progress);
    background(ask_standbys_later(attempt));
}

// Outside of the queue, so that other questions get their turn.
postgres::task<void> loop::state::ask_standbys_later(std::uint64_t attempt) {
    auto self = shared_from_this();
    boost::asio::steady_timer pause{io, standby_pause};
    standby_pause = std::min(2 * standby_pause, longest_pause);
    boost::system::error_code ignored;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
    co_await pause.async_wait(token);
    if (attempt == attempt_number && !over) {
        ask_standbys(attempt);
    }
}

void loop::state::tell_standbys(const postgres::standby_progress& progress) {
    if (now().steady - standbys_awaited_since < told_after || !seen.source.waits_for.empty()) {
        return;
    }
    std::string text = "standbys of source.wait_for_standbys have WAL up to " +
                       to_string(progress.flushed) + " only";
    if (!progress.missing.empty()) {
        text = "no standby or physical slot is called " + progress.missing;
    }
    seen.source.waits_for = text;
    report note{report::severity::warning,
                "standbys_awaited",
                text + "; a transaction that committed at " + to_string(standby_goal) +
                    " waits, and all that follow",
                "SELECT application_name, state, flush_lsn FROM pg_stat_replication; or correct "
                "source.wait_for_standbys",
                standby_goal,
                {}};
    do_action(note);
}

}  // namespace walferry::pipeline
