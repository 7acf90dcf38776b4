#include "lib/observe/metrics.hpp"

#include "lib/observe/metric_families.hpp"
#include "lib/observe/readiness.hpp"

#include <prometheus/text_serializer.h>

namespace walferry::observe {
namespace {

using families = metric_families;

std::string_view name_of_directive(directive what) {
    switch (what) {
        case directive::retry:
            return "retry";
        case directive::configure:
            return "configure";
        case directive::protect:
            return "protect";
        case directive::fail:
            return "fail";
    }
    return "fail";
}

double seconds_since_epoch(unix_time at) {
    return static_cast<double>(at.microseconds) / 1e6;
}

std::optional<double> seconds_since_epoch(std::optional<unix_time> at) {
    return at ? std::optional{seconds_since_epoch(*at)} : std::nullopt;
}

std::uint64_t count_of(const kind_counts& counts, error_kind kind) {
    const auto found = counts.find(kind);
    return found == counts.end() ? 0 : found->second;
}

// One sample for every value of an enumeration, 1 for the present one.
template <typename state>
void add_state_set(families& to, std::string_view name, std::string_view label, state present,
                   std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto each = static_cast<state>(i);
        to.add(name, each == present, {{label, name_of(each)}});
    }
}

void add_life(families& to, const stream_facts& facts) {
    to.add("walferry_build_info", 1.0,
           {{"version", facts.build.version},
            {"commit", facts.build.commit},
            {"libpq", facts.build.libpq},
            {"librdkafka", facts.build.librdkafka}});
    add_state_set(to, "walferry_up_state", "state", facts.state, stream_state_count);
    to.add("walferry_up_state_since_timestamp_seconds", seconds_since_epoch(facts.state_since));
    to.add("walferry_ready", judge_readiness(facts).ready);
    for (error_kind kind : all_error_kinds()) {
        to.add("walferry_errors_total", count_of(facts.error_totals, kind),
               {{"kind", name_of(kind)}, {"directive", name_of_directive(directive_of(kind))}});
    }
    to.add("walferry_config_reload_success", facts.reload.succeeded);
    to.add("walferry_config_reload_timestamp_seconds", seconds_since_epoch(facts.reload.at));
    to.add("walferry_event_loop_delay_seconds", facts.times.loop_delay);
    to.add("walferry_log_lines_dropped_total", facts.log_lines_dropped);
}

// Only kinds that can be a reason, so that the counters exist at zero without fifty useless series.
void add_reasons(families& to, std::string_view name, const kind_counts& counts) {
    for (error_kind kind : all_error_kinds()) {
        if (is_retried(kind) || counts.contains(kind)) {
            to.add(name, count_of(counts, kind), {{"reason", name_of(kind)}});
        }
    }
}

void add_source(families& to, const stream_facts& facts) {
    const source_facts& source = facts.source;
    to.add("walferry_source_connected", facts.server.connected);
    if (!facts.server.system_id.empty()) {
        const std::string timeline = std::to_string(facts.server.timeline);
        to.add("walferry_source_info", 1.0,
               {{"server_version", facts.server.version},
                {"system_id", facts.server.system_id},
                {"timeline", timeline},
                {"database", facts.server.database}});
    }
    add_reasons(to, "walferry_source_reconnects_total", source.reconnects);
    to.add("walferry_source_messages_total", source.messages);
    to.add("walferry_source_bytes_total", source.bytes);
    to.add("walferry_source_transactions_total", source.transactions);
    to.add("walferry_source_aborted_transactions_total", source.aborted_transactions);
    to.add("walferry_status_updates_total", source.status_updates);
    to.add("walferry_transaction_events", source.transaction_events);
    to.add("walferry_transaction_open_bytes", source.open_transaction_bytes);
    to.add("walferry_spill_bytes", source.spool_bytes);
    to.add("walferry_commit_to_receive_seconds", source.commit_to_receive);
    to.add("walferry_last_event_timestamp_seconds", seconds_since_epoch(source.last_event_at));
    to.add("walferry_events_filtered_total", source.filtered);
    to.add("walferry_schema_changes_total", source.schema_changes);
}

void add_position(families& to, const stream_facts& facts) {
    const lsn_facts& at = facts.lsns;
    const std::pair<std::string_view, lsn> points[] = {{"server", at.server},
                                                       {"received", at.received},
                                                       {"published", at.published},
                                                       {"confirmed", at.confirmed},
                                                       {"acknowledged", at.acknowledged}};
    for (const auto& [name, place] : points) {
        if (place) {
            to.add("walferry_lsn_bytes", place.value, {{"point", name}});
        }
    }
    const lag_bytes behind = lag_of(at);
    const lag_seconds& late = facts.lag;
    to.add("walferry_lag_bytes", behind.receive, {{"stage", "receive"}});
    to.add("walferry_lag_bytes", behind.publish, {{"stage", "publish"}});
    to.add("walferry_lag_bytes", behind.confirm, {{"stage", "confirm"}});
    to.add("walferry_lag_bytes", behind.acknowledge, {{"stage", "acknowledge"}});
    to.add("walferry_lag_seconds", late.acknowledge.count());
    to.add("walferry_stage_lag_seconds", late.receive.count(), {{"stage", "receive"}});
    to.add("walferry_stage_lag_seconds", late.publish.count(), {{"stage", "publish"}});
    to.add("walferry_stage_lag_seconds", late.confirm.count(), {{"stage", "confirm"}});
    to.add("walferry_stage_lag_seconds", late.acknowledge.count(), {{"stage", "acknowledge"}});
}

void add_slot(families& to, const slot_facts& slot) {
    to.add("walferry_slot_active", slot.active);
    to.add("walferry_slot_retained_wal_bytes", slot.retained_bytes);
    if (slot.safe_bytes) {
        to.add("walferry_slot_safe_wal_bytes", static_cast<double>(*slot.safe_bytes));
    }
    add_state_set(to, "walferry_slot_wal_status", "status", slot.status, wal_status_count);
    to.add("walferry_slot_spilled_bytes_total", slot.spilled_bytes);
    to.add("walferry_slot_streamed_bytes_total", slot.streamed_bytes);
}

void add_tables(families& to, const std::vector<table_facts>& tables) {
    for (const table_facts& table : tables) {
        for (std::size_t i = 0; i < operation_count; ++i) {
            to.add("walferry_events_total", table.changes[i],
                   {{"table", table.name}, {"op", name_of(static_cast<operation>(i))}});
        }
    }
}

void add_sink(families& to, const stream_facts& facts) {
    const ledger_facts& ledger = facts.ledger;
    to.add("walferry_ledger_transactions", ledger.transactions);
    to.add("walferry_ledger_events_unconfirmed", ledger.records_unconfirmed);
    to.add("walferry_ledger_oldest_seconds", ledger.owed.value_or(seconds{0}).count());
    to.add("walferry_commit_to_ack_seconds", ledger.commit_to_ack);
    const sink_facts& sink = facts.sink;
    to.add("walferry_sink_connected", sink.connected);
    to.add("walferry_sink_events_sent_total", sink.records_produced);
    to.add("walferry_sink_events_confirmed_total", sink.records_confirmed);
    to.add("walferry_sink_bytes_sent_total", sink.bytes_produced);
    add_reasons(to, "walferry_sink_restarts_total", sink.restarts);
    to.add("walferry_sink_implicit_acks_total", sink.implicit_confirmations);
    to.add("walferry_sink_queue_events", sink.queue_records);
    to.add("walferry_sink_queue_bytes", sink.queue_bytes);
    to.add("walferry_sink_queue_limit_bytes", sink.queue_bytes_max);
    to.add("walferry_sink_latency_seconds", sink.latency);
    to.add("walferry_poison_records_total", sink.poison_stopped, {{"action", "stop"}});
    to.add("walferry_poison_records_total", sink.dead_letters, {{"action", "dead_letter"}});
    to.add("walferry_poison_records_total", sink.poison_skipped, {{"action", "skip"}});
}

void add_times(families& to, const time_facts& times) {
    constexpr std::string_view paused = "walferry_backpressure_seconds_total";
    to.add(paused, times.paused_by_sink.count(), {{"cause", "sink"}});
    to.add(paused, times.paused_by_memory.count(), {{"cause", "memory"}});
    to.add(paused, times.paused_by_spool.count(), {{"cause", "spill"}});
    constexpr std::string_view spent = "walferry_stage_seconds_total";
    to.add(spent, times.wait_source.count(), {{"stage", "wait_source"}});
    to.add(spent, times.work.count(), {{"stage", "work"}});
    to.add(spent, times.wait_sink.count(), {{"stage", "wait_sink"}});
}

void add_snapshot(families& to, const snapshot_facts& snapshot) {
    add_state_set(to, "walferry_snapshot_state", "state", snapshot.state, snapshot_state_count);
    std::uint64_t remaining = 0;
    std::uint64_t estimated = 0;
    for (const snapshot_table& table : snapshot.tables) {
        remaining += table.done ? 0 : 1;
        estimated += table.rows_estimated.value_or(table.rows);
    }
    to.add("walferry_snapshot_tables_remaining", remaining);
    to.add("walferry_snapshot_rows_total", snapshot.rows);
    to.add("walferry_snapshot_rows_estimated", estimated);
}

void add_process(families& to, const stream_facts& facts, const process_facts& process) {
    to.add("process_cpu_seconds_total", process.cpu_seconds);
    to.add("process_resident_memory_bytes", process.resident_bytes);
    to.add("process_virtual_memory_bytes", process.virtual_bytes);
    to.add("process_open_fds", process.open_descriptors);
    to.add("process_max_fds", process.descriptors_max);
    to.add("process_threads", process.threads);
    to.add("process_start_time_seconds", seconds_since_epoch(facts.started_at));
}

}  // namespace

std::string render_metrics(const stream_facts& facts, const process_facts& process) {
    families all;
    add_life(all, facts);
    add_source(all, facts);
    add_position(all, facts);
    add_slot(all, facts.slot);
    add_tables(all, facts.tables);
    add_sink(all, facts);
    add_times(all, facts.times);
    add_snapshot(all, facts.snapshot);
    add_process(all, facts, process);
    return prometheus::TextSerializer{}.Serialize(all.take());
}

}  // namespace walferry::observe
