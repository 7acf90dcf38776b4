// Properties that walferry does not need or does in another way, each with what to do.
#include "lib/config/debezium_draft.hpp"

#include <string_view>

namespace walferry::config {
namespace {

struct advice {
    std::string_view name;  // with * at the end: all names that start so
    std::string_view text;  // empty: nothing need be said
};

constexpr std::string_view bounded = "not needed: memory is bounded by sink.in_flight";
constexpr std::string_view signals = "`walferry snapshot TABLE` asks for a snapshot";
constexpr std::string_view acknowledged =
    "not needed: what the broker confirmed is acknowledged, and idle tables hold no WAL";
constexpr std::string_view retries =
    "not needed: what may pass is retried until it does; see source.startup_timeout";

// The first that fits counts.
constexpr advice all_advice[] = {
    {"name", ""},
    {"tasks.max", ""},
    {"connector.class", ""},
    {"debezium.sink.type", ""},
    {"database.tcpKeepAlive", "libpq: keepalives=1 in source.url, its default"},
    {"database.initial.statements", "libpq: options=-cname=value in source.url"},
    {"database.*", "see the parameters of libpq's connection strings for source.url"},
    {"driver.*", "see the parameters of libpq's connection strings for source.url"},
    {"connection.validation.timeout.ms", "see source.connect_timeout"},
    {"read.only", "walferry writes nothing but publication and slot; see source.create"},
    {"slot.drop.on.stop", "would lose changes; `walferry tail` has a temporary slot"},
    {"slot.failover", "create the slot by hand: pg_create_logical_replication_slot"},
    {"slot.max.retries", "see source.wait_for_slot"},
    {"slot.retry.delay.ms", "see source.wait_for_slot"},
    {"slot.stream.params", "not supported"},
    {"xmin.fetch.interval.ms", "not needed: the metrics have the slot's xmin"},
    {"replica.identity.autoset.values",
     "run ALTER TABLE … REPLICA IDENTITY once; `walferry "
     "check` prints the statements"},
    {"lsn.flush.*", acknowledged},
    {"flush.lsn.source", acknowledged},
    {"heartbeat.action.query", acknowledged},
    {"offset.*", "not needed: the position is kept in the topic walferry.<name>.state"},
    {"snapshot.include.collection.list", "snapshot.mode: never, then `walferry snapshot TABLE`"},
    {"snapshot.select.statement.overrides*", "not supported: use row filters of a publication"},
    {"snapshot.fetch.size", "see snapshot.chunk_rows"},
    {"snapshot.locking.mode", "not needed: tables are not locked"},
    {"snapshot.isolation.mode", "not needed: snapshots agree with the slot"},
    {"snapshot.*", "see snapshot in `walferry config reference`"},
    {"incremental.snapshot.*", signals},
    {"signal.*", signals},
    {"notification.*", "see /status and /metrics"},
    {"max.batch.size", bounded},
    {"max.queue.size*", bounded},
    {"poll.*", "not needed: events are published when they are read"},
    {"query.fetch.size", bounded},
    {"errors.*", retries},
    {"retriable.restart.connector.wait.ms", retries},
    {"event.processing.failure.handling.mode", "see on_poison"},
    {"event.converting.failure.handling.mode", "see on_poison"},
    {"datatype.propagate.source.type", "see events.schema_source_types"},
    {"schema.refresh.mode", "not needed: schemas come from the stream"},
    {"converters", "custom converters are not supported"},
    {"custom.metric.tags", "add labels where the metrics are scraped"},
    {"sourceinfo.struct.maker", "not supported"},
    {"extended.headers.enabled", "see events.headers"},
    {"topic.naming.strategy", "see topics.name and topics.rewrite"},
    {"topic.heartbeat.*", "not supported: the heartbeat's topic has Debezium's default name"},
    {"topic.transaction", "not supported: the topic is <name>.transaction"},
    {"topic.cache.size", "not needed"},
    {"topic.creation.*", "see topics"},
    {"predicates*", "not supported; an outbox is chosen by route.outbox.table"},
    {"value.converter.*", "the registry of schemas is not configured here"},
    {"key.converter.*", "the registry of schemas is not configured here"},
    {"header.converter*", "not needed"},
    {"quarkus.*", "belongs to Debezium Server"},
    {"debezium.*", "belongs to Debezium Server"},
};

const advice* advice_for(std::string_view property) {
    for (const advice& one : all_advice) {
        const bool is_prefix = one.name.ends_with('*');
        const std::string_view start = one.name.substr(0, one.name.size() - 1);
        if (is_prefix ? property.starts_with(start) : property == one.name) {
            return &one;
        }
    }
    return nullptr;
}

void check_connector(debezium_draft& draft) {
    const auto found = draft.left().find("connector.class");
    const bool is_ours =
        found == draft.left().end() || found->second.find("ostgres") != std::string::npos;
    if (!is_ours) {
        draft.complain("connector.class",
                       "\"" + found->second + "\" is not the connector for PostgreSQL");
    }
    const auto plugin = draft.take("plugin.name");
    if (plugin && *plugin != "pgoutput") {
        draft.note("plugin.name", "walferry reads pgoutput: a slot of " + *plugin +
                                      " cannot be taken over, choose another source.slot");
    }
}

}  // namespace

void note_the_rest(debezium_draft& draft) {
    check_connector(draft);
    for (const auto& [property, value] : draft.left()) {
        const advice* known = advice_for(property);
        if (known == nullptr) {
            draft.note(property, "is not known to walferry");
        } else if (!known->text.empty()) {
            draft.note(property, known->text);
        }
    }
}

}  // namespace walferry::config
