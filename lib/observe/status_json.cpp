#include "lib/observe/status_json.hpp"

#include "lib/observe/escape.hpp"
#include "lib/observe/readiness.hpp"

#include <nlohmann/json.hpp>

namespace walferry::observe {
namespace {

using json = nlohmann::ordered_json;

json text(std::string_view value) {
    return value.empty() ? json() : json(std::string{value});
}

json text(lsn at) {
    return at ? json(to_string(at)) : json();
}

json text(unix_time at) {
    if (at.microseconds == 0) {
        return {};
    }
    std::string out;
    append_utc(out, at, 3);
    return out;
}

json text(const std::optional<unix_time>& at) {
    return at ? text(*at) : json();
}

json number(const std::optional<seconds>& age) {
    return age ? json(age->count()) : json();
}

template <typename count>
json number(const std::optional<count>& value) {
    return value ? json(*value) : json();
}

json kinds(const kind_counts& counts) {
    json object = json::object();
    for (const auto& [kind, count] : counts) {
        object[std::string{name_of(kind)}] = count;
    }
    return object;
}

json source_json(const stream_facts& facts) {
    const server_facts& server = facts.server;
    const source_facts& source = facts.source;
    return {{"connected", server.connected},
            {"host", text(server.host)},
            {"database", text(server.database)},
            {"version", text(server.version)},
            {"system_id", text(server.system_id)},
            {"timeline", server.timeline},
            {"messages", source.messages},
            {"bytes", source.bytes},
            {"transactions", source.transactions},
            {"aborted_transactions", source.aborted_transactions},
            {"status_updates", source.status_updates},
            {"schema_changes", source.schema_changes},
            {"filtered", source.filtered},
            {"reconnects", kinds(source.reconnects)},
            {"open_transaction_bytes", source.open_transaction_bytes},
            {"spool_bytes", source.spool_bytes},
            {"waits_for", text(source.waits_for)},
            {"last_event_at", text(source.last_event_at)}};
}

json slot_json(const slot_facts& slot) {
    return {{"name", text(slot.name)},
            {"publication", text(slot.publication)},
            {"active", slot.active},
            {"confirmed_flush_lsn", text(slot.confirmed_flush)},
            {"restart_lsn", text(slot.restart)},
            {"wal_status", name_of(slot.status)},
            {"retained_bytes", number(slot.retained_bytes)},
            {"safe_bytes", number(slot.safe_bytes)},
            {"spilled_bytes", number(slot.spilled_bytes)},
            {"streamed_bytes", number(slot.streamed_bytes)},
            {"age_seconds", number(slot.age)}};
}

json lag_json(const stream_facts& facts) {
    const lag_bytes bytes = lag_of(facts.lsns);
    const lag_seconds& late = facts.lag;
    return {
        {"seconds", late.acknowledge.count()},
        {"bytes", bytes.total},
        {"stages",
         {{"receive", {{"seconds", late.receive.count()}, {"bytes", bytes.receive}}},
          {"publish", {{"seconds", late.publish.count()}, {"bytes", bytes.publish}}},
          {"confirm", {{"seconds", late.confirm.count()}, {"bytes", bytes.confirm}}},
          {"acknowledge", {{"seconds", late.acknowledge.count()}, {"bytes", bytes.acknowledge}}}}}};
}

json lsn_json(const lsn_facts& at) {
    return {{"server", text(at.server)},
            {"received", text(at.received)},
            {"published", text(at.published)},
            {"confirmed", text(at.confirmed)},
            {"acknowledged", text(at.acknowledged)}};
}

json sink_json(const stream_facts& facts) {
    const sink_facts& sink = facts.sink;
    const ledger_facts& ledger = facts.ledger;
    return {{"kind", text(sink.kind)},
            {"target", text(sink.target)},
            {"connected", sink.connected},
            {"records_produced", sink.records_produced},
            {"records_confirmed", sink.records_confirmed},
            {"bytes_produced", sink.bytes_produced},
            {"records_unconfirmed", ledger.records_unconfirmed},
            {"transactions_outstanding", ledger.transactions},
            {"oldest_outstanding_seconds", number(ledger.owed)},
            {"seconds_since_confirmation", number(ledger.since_confirmed)},
            {"queue",
             {{"records", sink.queue_records},
              {"bytes", sink.queue_bytes},
              {"bytes_max", sink.queue_bytes_max}}},
            {"implicit_confirmations", sink.implicit_confirmations},
            {"restarts", kinds(sink.restarts)},
            {"poison",
             {{"stopped", sink.poison_stopped},
              {"dead_letters", sink.dead_letters},
              {"skipped", sink.poison_skipped}}}};
}

json time_json(const time_facts& times, const history& past) {
    return {{"bound_by", name_of(past.bound_by())},
            {"wait_source_seconds", times.wait_source.count()},
            {"work_seconds", times.work.count()},
            {"wait_sink_seconds", times.wait_sink.count()},
            {"backpressure_seconds",
             {{"sink", times.paused_by_sink.count()},
              {"memory", times.paused_by_memory.count()},
              {"spill", times.paused_by_spool.count()}}}};
}

json snapshot_json(const snapshot_facts& snapshot) {
    json tables = json::array();
    for (const snapshot_table& table : snapshot.tables) {
        tables.push_back({{"table", table.name},
                          {"rows", table.rows},
                          {"rows_estimated", number(table.rows_estimated)},
                          {"done", table.done},
                          {"kind", table.incremental ? "incremental" : "initial"},
                          {"failure", text(table.failure)}});
    }
    return {{"state", name_of(snapshot.state)},
            {"started_at", text(snapshot.started_at)},
            {"rows", snapshot.rows},
            {"waits_for", snapshot.waits_for},
            {"tables", std::move(tables)}};
}

json tables_json(const stream_facts& facts, const history& past) {
    const auto rates = past.table_rates();
    json tables = json::array();
    for (std::size_t i = 0; i < facts.tables.size(); ++i) {
        const table_facts& table = facts.tables[i];
        if (table.total() == 0) {
            continue;
        }
        json object{{"table", table.name}};
        for (std::size_t op = 0; op < operation_count; ++op) {
            object[std::string{name_of(static_cast<operation>(op))}] = table.changes[op];
        }
        const bool known = i < rates.size() && rates[i].first == table.name;
        object["per_second"] = known ? rates[i].second : 0.0;
        tables.push_back(std::move(object));
    }
    return tables;
}

json errors_json(const error_ring& errors) {
    json list = json::array();
    for (const error_ring::entry& entry : errors.entries()) {
        list.push_back({{"at", text(entry.note.at)},
                        {"kind", name_of(entry.note.kind)},
                        {"message", entry.note.message},
                        {"hint", text(entry.note.hint)},
                        {"times", entry.times}});
    }
    return list;
}

// Columns instead of objects: an hour is 360 samples.
json history_json(const history& past) {
    json at = json::array();
    json late = json::array();
    json bytes = json::array();
    json rate = json::array();
    json interrupted = json::array();
    for (const history::sample& sample : past.samples()) {
        at.push_back(sample.at.microseconds / 1000);
        late.push_back(sample.lag_seconds);
        bytes.push_back(sample.lag_bytes);
        rate.push_back(sample.changes_per_second);
        interrupted.push_back(sample.interrupted);
    }
    return {{"at_ms", std::move(at)},
            {"lag_seconds", std::move(late)},
            {"lag_bytes", std::move(bytes)},
            {"changes_per_second", std::move(rate)},
            {"interrupted", std::move(interrupted)}};
}

}  // namespace

std::string status_json(const stream_facts& facts, const history& past, status_part what) {
    const readiness verdict = judge_readiness(facts);
    json object{{"name", facts.name},
                {"state", name_of(facts.state)},
                {"state_since", text(facts.state_since)},
                {"reason", facts.reason},
                {"ready", verdict.ready},
                {"ready_reason", verdict.reason},
                {"taken_at", text(facts.taken_at)},
                {"started_at", text(facts.started_at)},
                {"delivery", facts.delivery},
                {"build",
                 {{"version", facts.build.version},
                  {"commit", text(facts.build.commit)},
                  {"libpq", text(facts.build.libpq)},
                  {"librdkafka", text(facts.build.librdkafka)}}},
                {"lag", lag_json(facts)},
                {"lsn", lsn_json(facts.lsns)},
                {"rates",
                 {{"changes_per_second", past.changes_per_second()},
                  {"bytes_per_second", past.bytes_per_second()}}},
                {"source", source_json(facts)},
                {"slot", slot_json(facts.slot)},
                {"sink", sink_json(facts)},
                {"time", time_json(facts.times, past)},
                {"tables", tables_json(facts, past)},
                {"snapshot", snapshot_json(facts.snapshot)},
                {"errors", errors_json(facts.errors)},
                {"error_totals", kinds(facts.error_totals)},
                {"log_lines_dropped", facts.log_lines_dropped}};
    if (what == status_part::facts_and_history) {
        object["history"] = history_json(past);
    }
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace walferry::observe
