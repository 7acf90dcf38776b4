// What a stream looks like, for /status, /metrics and the page.

#include "lib/pipeline/loop_state.hpp"

#include <algorithm>

namespace walferry::pipeline {

void loop::state::set_state(observe::stream_state to, std::string reason) {
    if (seen.state != to) {
        seen.state_since = now().wall;
    }
    seen.state = to;
    seen.reason = std::move(reason);
}

void loop::state::remember_error(const report& what) {
    auto kind = what.kind.value_or(error_kind::internal);
    seen.errors.add({now().wall, kind, what.message, what.hint});
    ++seen.error_totals[kind];
    if (what.event == "source_retry") {
        ++seen.source.reconnects[kind];
    } else if (what.event == "sink_retry") {
        ++seen.sink.restarts[kind];
    }
    if (decider.state() == phase::reconnecting || decider.state() == phase::starting) {
        bool waits = kind == error_kind::slot_in_use;
        auto shown_as = waits                                ? observe::stream_state::standby
                        : decider.state() == phase::starting ? observe::stream_state::starting
                                                             : observe::stream_state::reconnecting;
        set_state(shown_as, what.message);
    }
}

observe::lag_seconds loop::state::lag_at(const moment& at) const {
    const auto& times = decider.times();
    constexpr observe::seconds none{0};
    observe::lag_seconds lag;
    lag.receive = times.last_way();
    lag.publish = decider.open_age(at).value_or(none);
    lag.confirm = std::max(times.age_behind(decider.book().acknowledgeable(), at).value_or(none),
                           lag.publish);
    lag.acknowledge = std::max(
        times.age_behind(decider.acknowledgement().reported(), at).value_or(none), lag.confirm);
    return lag;
}

observe::stream_facts loop::state::facts() {
    auto at = now();
    if (reader != nullptr) {
        reader->settle();
    }
    auto shown = seen;
    shown.taken_at = at.wall;
    shown.name = settings.name;
    shown.server.connected = shown.server.connected && !decider.doubts_server(at.steady);
    shown.sink.kind = keeps_state() ? "kafka" : "stdout";
    shown.slot.name = settings.source.slot;
    shown.slot.publication = settings.source.publication;
    const auto& book = decider.book();
    const auto& count = decider.counted();
    const auto& times = decider.times();
    shown.lsns.received = book.received();
    shown.lsns.published = book.received();
    shown.lsns.server = std::max({server_end, decider.server_end(), book.received()});
    shown.lag = lag_at(at);
    if (health_at != instant{}) {
        shown.slot.age = at.steady - health_at;
    }
    shown.tables = decider.by_table().rows();
    shown.source.commit_to_receive = times.commit_to_receive();
    shown.source.transaction_events = times.changes();
    shown.ledger.commit_to_ack = times.commit_to_ack();
    shown.lsns.confirmed = book.acknowledgeable();
    shown.lsns.acknowledged = decider.acknowledgement().reported();
    shown.source.messages = count.frames;
    shown.source.bytes = count.bytes;
    shown.source.transactions = count.transactions;
    shown.source.aborted_transactions = count.aborted_transactions;
    shown.source.open_transaction_bytes = decider.spooled().memory_bytes();
    shown.source.spool_bytes = decider.spooled().disk_bytes();
    shown.source.schema_changes = count.schema_changes;
    shown.source.filtered = count.changes_filtered;
    if (count.last_commit_time_us != 0) {
        shown.source.last_event_at = unix_time{count.last_commit_time_us};
    }
    shown.ledger.transactions = book.transactions();
    shown.ledger.records_unconfirmed = book.unconfirmed();
    if (auto owed = confirmations.owed(at.steady)) {
        shown.ledger.owed = *owed;
    }
    if (waits_since) {
        shown.waits_for = decider.waits_for();
        shown.waiting = at.steady - *waits_since;
    }
    if (confirmed_at) {
        shown.ledger.since_confirmed = at.steady - *confirmed_at;
    }
    shown.sink.records_produced = count.records;
    shown.sink.records_confirmed = count.records_confirmed;
    shown.sink.bytes_produced = count.record_bytes;
    shown.sink.dead_letters = count.dead_letters;
    shown.sink.poison_skipped = count.poison_skipped;
    shown.sink.poison_stopped = count.poison_stopped;
    if (sink != nullptr) {
        auto figures = sink->statistics();
        shown.sink.connected = figures.connected;
        shown.sink.confirmed_ever = !keeps_state() || figures.confirmed > 0;
        shown.sink.queue_records = figures.records_out;
        shown.sink.queue_bytes = figures.bytes_out;
        shown.sink.queue_bytes_max = figures.bytes_max;
        shown.sink.implicit_confirmations += figures.implicit_acknowledgements;
    }
    show_snapshot(shown);
    shown.log_lines_dropped = log.dropped();
    return shown;
}

observe::stream_facts loop::facts() const {
    return state_->facts();
}

}  // namespace walferry::pipeline
