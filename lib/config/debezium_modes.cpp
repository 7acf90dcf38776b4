// Properties that have one key each: the table of interface.md.
#include "lib/config/debezium_draft.hpp"
#include "lib/config/keys.hpp"
#include "lib/config/lower.hpp"
#include "lib/config/units.hpp"

#include <algorithm>
#include <cctype>
#include <span>
#include <utility>

namespace walferry::config {
namespace {

enum class meaning { same, lower_case, translated, milliseconds };

struct word {
    std::string_view theirs;
    std::string_view ours;
};

struct renamed {
    std::string_view property;
    std::string_view key;
    meaning how = meaning::same;
    std::span<const word> words = {};  // when they differ
};

constexpr word publication_words[] = {
    {"all_tables", "true"}, {"filtered", "true"}, {"disabled", "false"}};
constexpr word unknown_words[] = {{"true", "bytes"}, {"false", "omit"}};
constexpr word snapshot_words[] = {{"initial", "initial"},
                                   {"no_data", "never"},
                                   {"never", "never"},
                                   {"initial_only", "only"},
                                   {"when_needed", "when_needed"}};
constexpr word delivery_words[] = {{"required", "exactly_once"}, {"requested", "at_least_once"}};

using enum meaning;
constexpr renamed renamed_properties[] = {
    {"database.server.name", "name"},
    {"topic.prefix", "name"},
    {"slot.name", "source.slot"},
    {"publication.name", "source.publication"},
    {"publication.autocreate.mode", "source.create", translated, publication_words},
    {"publish.via.partition.root", "source.publish_via_partition_root", lower_case},
    {"status.update.interval.ms", "source.status_interval", milliseconds},
    {"decimal.handling.mode", "events.decimal", lower_case},
    {"time.precision.mode", "events.time", lower_case},
    {"binary.handling.mode", "events.binary", lower_case},
    {"interval.handling.mode", "events.interval", lower_case},
    {"hstore.handling.mode", "events.hstore", lower_case},
    {"money.fraction.digits", "events.money_digits"},
    {"unavailable.value.placeholder", "events.unavailable_value"},
    {"include.unknown.datatypes", "events.unknown_types", translated, unknown_words},
    {"tombstones.on.delete", "events.tombstones", lower_case},
    {"provide.transaction.metadata", "events.transactions", lower_case},
    {"heartbeat.interval.ms", "events.heartbeat", milliseconds},
    {"skip.messages.without.change", "events.skip_unchanged", lower_case},
    {"schema.name.adjustment.mode", "events.names", lower_case},
    {"field.name.adjustment.mode", "events.field_names", lower_case},
    {"include.schema.comments", "events.schema_comments", lower_case},
    {"snapshot.mode", "snapshot.mode", translated, snapshot_words},
    {"snapshot.max.threads", "snapshot.workers"},
    {"incremental.snapshot.chunk.size", "snapshot.chunk_rows"},
    {"topic.creation.default.partitions", "topics.partitions"},
    {"topic.creation.default.replication.factor", "topics.replication_factor"},
    {"exactly.once.support", "delivery", translated, delivery_words},
};

using ours = tl::expected<std::string, std::string>;

ours translate(std::span<const word> words, const std::string& value) {
    std::string known;
    for (const word& one : words) {
        if (one.theirs == value) {
            return std::string{one.ours};
        }
        (known += known.empty() ? "" : " | ") += one.theirs;
    }
    return tl::unexpected("\"" + value + "\" has no counterpart (" + known + ")");
}

ours from_milliseconds(const std::string& value) {
    const parsed<std::int64_t> number = parse_number(value);
    if (!number || *number < 0) {
        return tl::unexpected("\"" + value + "\" is not a number of milliseconds");
    }
    return print_duration(duration{*number});
}

ours value_of(const renamed& row, const std::string& value) {
    switch (row.how) {
        case same:
            return value;
        case lower_case:
            return lower(value);
        case translated:
            return translate(row.words, lower(value));
        case milliseconds:
            return from_milliseconds(value);
    }
    return value;
}

void convert_one(debezium_draft& draft, const renamed& row, const std::string& given) {
    const ours value = value_of(row, given);
    if (!value) {
        draft.complain(row.property, value.error());
        return;
    }
    const value_type type = find_key(row.key)->how.type;
    const bool literal = type == value_type::boolean || type == value_type::number;
    draft.set(row.property, row.key, literal ? literal_node(*value) : text_node(*value));
}

void convert_skipped(debezium_draft& draft) {
    const auto given = draft.take("skipped.operations");
    if (!given) {
        draft.set("skipped.operations", "events.skip", list_node({"t"}));
        draft.remark("events.skip", "Debezium's default");
        return;
    }
    std::vector<std::string> operations = split_list(lower(*given));
    if (operations == std::vector<std::string>{"none"}) {
        operations.clear();
    }
    draft.set("skipped.operations", "events.skip", list_node(operations));
}

// The slot and publication that a running Debezium uses, when its configuration does not name them.
void set_old_default(debezium_draft& draft, std::string_view property, std::string_view key,
                     std::string value) {
    if (!draft.has(key)) {
        draft.set(property, key, text_node(std::move(value)));
        draft.remark(key, "Debezium's default");
    }
}

void convert_topic_names(debezium_draft& draft) {
    if (const auto delimiter = draft.take("topic.delimiter")) {
        draft.set("topic.delimiter", "topics.name",
                  text_node("{name}" + *delimiter + "{schema}" + *delimiter + "{table}"));
    }
    constexpr std::string_view prefix = "topic.creation.default.";
    const std::map<std::string, std::string> all = draft.left();
    for (const auto& [property, value] : all) {
        if (property.starts_with(prefix)) {
            draft.take(property);
            draft.set(property, "topics.config", text_node(value), property.substr(prefix.size()));
        }
    }
}

}  // namespace

void convert_modes(debezium_draft& draft) {
    for (const renamed& row : renamed_properties) {
        if (const auto value = draft.take(row.property)) {
            convert_one(draft, row, *value);
        }
    }
    convert_skipped(draft);
    set_old_default(draft, "slot.name", "source.slot", "debezium");
    set_old_default(draft, "publication.name", "source.publication", "dbz_publication");
    convert_topic_names(draft);
}

}  // namespace walferry::config
