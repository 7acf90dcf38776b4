#include "lib/pipeline/loop.hpp"

#include "lib/pipeline/loop_state.hpp"
#include "lib/pipeline/wall_clock.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <variant>

namespace walferry::pipeline {
namespace {

constexpr std::chrono::milliseconds tick_at_least{100};
constexpr std::chrono::milliseconds tick_at_most{5};

}  // namespace

loop::state::state(loop_parts parts, engine decides)
    : io(parts.io),
      settings(parts.settings),
      log(parts.log),
      sinks(parts.sinks),
      decider(std::move(decides)),
      selects(std::move(parts.selects)),
      control_jobs(parts.io),
      state_timer(parts.io),
      tick_timer(parts.io),
      connect_timer(parts.io),
      sink_timer(parts.io),
      serve_timer(parts.io) {}

loop::loop(loop_parts parts, engine decides)
    : state_(std::make_shared<state>(std::move(parts), std::move(decides))) {}

loop::~loop() = default;

void loop::start(std::function<void(std::optional<error>)> finished) {
    state_->finished = std::move(finished);
    state_->seen.started_at = state_->now().wall;
    state_->set_state(observe::stream_state::starting, "connecting to PostgreSQL");
    state_->begin_marks();
    state_->decider.start(state_->now());
    state_->make_state_source();
    state_->make_sink();
    state_->perform();
    state_->schedule_tick();
}

void loop::stop() {
    if (state_->over) {
        return;
    }
    state_->set_state(observe::stream_state::draining,
                      "told to stop; what is out is confirmed first");
    state_->decider.stop(state_->now());
    state_->perform();
}

moment loop::state::now() const {
    return this_moment();
}

// Actions may lead to calls of the engine that ask for more: taken in the same order.
void loop::state::perform() {
    if (performing) {
        return;
    }
    performing = true;
    for (auto actions = decider.take_actions(); !actions.empty();
         actions = decider.take_actions()) {
        for (auto& next : actions) {
            if (!over) {
                std::visit([this](auto& what) { do_action(what); }, next);
            }
        }
    }
    performing = false;
    if (reader != nullptr && !over) {
        reader->go_on();
    }
    if (rows != nullptr && !over) {
        rows->go_on();
    }
    if (catching_up != nullptr && !over) {
        catching_up->go_on();
    }
    emit_later();
}

void loop::state::schedule_tick() {
    auto wait = std::clamp<instant::duration>(decider.next_deadline() - now().steady, tick_at_most,
                                              tick_at_least);
    tick_timer.expires_after(wait);
    tick_timer.async_wait([self = shared_from_this(),
                           due = tick_timer.expiry()](const boost::system::error_code& cancelled) {
        if (cancelled || self->over) {
            return;
        }
        const observe::seconds late = self->now().steady - due;
        self->seen.times.loop_delay.add(std::max(late.count(), 0.0));
        self->look_after_catch_up();
        self->decider.tick(self->now());
        self->watch();
        self->watch_source();
        self->beat_source();
        self->tell_snapshot();
        self->perform();
        self->schedule_tick();
    });
}

void loop::state::do_action(finish& what) {
    close_and_report(std::move(what.why));
}

void loop::state::do_action(report& what) {
    using severity = report::severity;
    auto level = what.level == severity::error     ? observe::log_level::error
                 : what.level == severity::warning ? observe::log_level::warning
                 : what.level == severity::info    ? observe::log_level::info
                                                   : observe::log_level::debug;
    observe::log_line line;
    line.level = level;
    line.event = what.event;
    line.message = what.message;
    line.hint = what.hint;
    line.slot = settings.source.slot;
    line.kind = what.kind;
    line.key = what.key;
    if (what.at) {
        line.at = what.at;
    }
    log.write(line);
    if (level >= observe::log_level::warning) {
        remember_error(what);
    }
}

void loop::state::close_and_report(std::optional<error> why) {
    over = true;
    tick_timer.cancel();
    connect_timer.cancel();
    sink_timer.cancel();
    serve_timer.cancel();
    state_timer.cancel();
    state_wake.reset();
    control_jobs.clear();
    rows.reset();
    chunks.reset();
    set_state(observe::stream_state::stopped, why ? why->message : "stopped as told");
    std::unique_ptr<postgres::replication_stream> stream;
    if (reader != nullptr) {
        stream = reader->release();
        reader.reset();
    } else if (catching_up != nullptr) {
        stream = catching_up->release();
        catching_up.reset();
    }
    auto report_end = [self = shared_from_this(), why](const std::exception_ptr&) {
        self->sink_wake.reset();
        self->sink.reset();
        self->prepared.reset();
        self->finished(why);
    };
    boost::asio::co_spawn(io, close_stream(std::move(stream)), report_end);
}

}  // namespace walferry::pipeline
