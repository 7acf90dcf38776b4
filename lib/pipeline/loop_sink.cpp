// The loop's side of the sink: making it, its wake-ups, a stall.

#include "lib/pipeline/loop_state.hpp"
#include "lib/publish/state_topic.hpp"

namespace walferry::pipeline {

void loop::state::make_sink() {
    auto made = sinks.make();
    if (!made) {
        decider.sink_failed(std::move(made.error()), now());
        return;
    }
    sink = std::move(*made);
    sink_wake.emplace(io, ::dup(sink->wake_fd()));
    stalled_since = now().steady;
    stalled_at_count = 0;
    wait_for_sink();
    if (keeps_state()) {
        sink->open_topics({publish::state_topic(settings.name)});
    } else {
        decider.sink_ready(*sink, now());
    }
}

void loop::state::wait_for_sink() {
    using boost::asio::posix::stream_descriptor;
    sink_wake->async_wait(stream_descriptor::wait_read,
                          [self = shared_from_this(),
                           watched = sink.get()](const boost::system::error_code& cancelled) {
                              if (cancelled || self->sink.get() != watched) {
                                  return;
                              }
                              self->sink->woken();
                              self->serve_sink();
                              self->perform();
                              if (self->sink.get() == watched && self->sink_wake) {
                                  self->wait_for_sink();
                              }
                          });
}

void loop::state::serve_sink() {
    if (sink == nullptr) {
        return;
    }
    bool more = true;
    while (more && sink != nullptr && !over) {
        more = sink->poll(from_sink);
        auto at = now();
        take_incremental_confirmation();
        take_memory_confirmations();
        take_state_confirmations();
        if (!from_sink.opened.empty()) {
            take_state_topic();
        }
        if (!from_sink.confirmed.empty()) {
            decider.confirmed(from_sink.confirmed, at);
            confirmed_at = at.steady;
        }
        for (const auto latency : from_sink.latencies) {
            seen.sink.latency.add(std::chrono::duration<double>(latency).count());
        }
        if (!from_sink.opened.empty()) {
            decider.topics_opened(from_sink.opened, at);
        }
        for (const auto& trouble : from_sink.troubles) {
            report note{report::severity::warning,
                        "broker_trouble",
                        trouble.message,
                        trouble.hint,
                        {},
                        trouble.kind};
            do_action(note);
        }
        if (from_sink.failed) {
            if (from_sink.reader_left) {
                decider.stop_at_once();
            } else if (from_sink.refused) {
                decider.record_refused(*from_sink.refused, std::move(*from_sink.failed), at);
            } else {
                decider.sink_failed(std::move(*from_sink.failed), at);
            }
            more = false;
        }
        from_sink.clear();
    }
    serve_sink_when_due();
}

void loop::state::serve_sink_when_due() {
    const auto due = sink != nullptr && !over ? sink->due() : std::nullopt;
    if (!due || (serve_timer_at && *serve_timer_at <= *due)) {
        return;
    }
    serve_timer_at = due;
    serve_timer.expires_at(*due);
    serve_timer.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
        if (cancelled || self->over) {
            return;
        }
        self->serve_timer_at.reset();
        self->end_turn();
    });
}

void loop::state::breathe() {
    serve_sink();
    frame_moment = now();
}

void loop::state::end_turn() {
    serve_sink();
    perform();
}

void loop::state::do_action(open_topics& what) {
    if (sink != nullptr) {
        sink->open_topics(std::move(what.wanted));
    }
}

void loop::state::do_action(flush_sink&) {
    if (sink != nullptr) {
        sink->flush();
    }
}

void loop::state::do_action(replace_sink& what) {
    if (sink != nullptr) {
        const auto figures = sink->statistics();
        seen.sink.implicit_confirmations += figures.implicit_acknowledgements;
        confirmed_ever += figures.confirmed;
    }
    sink_wake.reset();
    sink.reset();
    state_topic_id.reset();
    state_ticket = memory_ticket = incremental_ticket = 0;
    sink_timer.expires_after(what.delay);
    sink_timer.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
        if (cancelled || self->over) {
            return;
        }
        self->make_sink();
        self->perform();
    });
}

void loop::state::watch() {
    if (decider.waits_for().empty()) {
        waits_since.reset();
    } else if (!waits_since) {
        waits_since = now().steady;
    }
    if (sink == nullptr) {
        return;
    }
    const auto figures = sink->statistics();
    const auto& book = decider.book();
    confirmations.look({figures.records_out, confirmed_ever + figures.confirmed,
                        book.acknowledgeable(), book.oldest_pending()},
                       now().steady);
    ask_quiet_broker(figures);
    watch_stall(figures);
}

// Known bugs of the library leave a partition silent for ever: with a connected broker, records out
// and no confirmation for the configured time, the producer is replaced.
void loop::state::watch_stall(const publish::sink_statistics& figures) {
    bool moving = figures.records_out == 0 || figures.confirmed != stalled_at_count;
    if (moving || !figures.connected) {
        stalled_at_count = figures.confirmed;
        stalled_since = now().steady;
        return;
    }
    if (now().steady - stalled_since >= settings.sink.kafka.stall_timeout) {
        decider.sink_failed({error_kind::delivery_stalled,
                             std::to_string(figures.records_out) +
                                 " records wait for confirmation and none came for " +
                                 std::to_string(settings.sink.kafka.stall_timeout.count() / 1000) +
                                 " s although the broker is connected",
                             {},
                             {}},
                            now());
    }
}

}  // namespace walferry::pipeline
