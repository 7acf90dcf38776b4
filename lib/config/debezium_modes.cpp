// Properties that have one key each: the table of interface.md.
#include "lib/config/debezium_draft.hpp"
#include "lib/config/keys.hpp"
#include "lib/config/units.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace walferry::config {
namespace {

enum class meaning { same, word, milliseconds };

struct renamed {
    std::string_view property;
    std::string_view key;
    meaning how = meaning::same;
    std::vector<std::pair<std::string_view, std::string_view>> words = {};  // Debezium's to ours
};

const std::vector<renamed>& renamed_properties() {
    using enum meaning;
    static const std::vector<renamed> all = {
        {"database.server.name", "name"},
        {"topic.prefix", "name"},
        {"slot.name", "source.slot"},
        {"publication.name", "source.publication"},
        {"publication.autocreate.mode",
         "source.create",
         word,
         {{"all_tables", "true"}, {"filtered", "true"}, {"disabled", "false"}}},
        {"publish.via.partition.root", "source.publish_via_partition_root", word},
        {"status.update.interval.ms", "source.status_interval", milliseconds},
        {"decimal.handling.mode", "events.decimal", word},
        {"time.precision.mode", "events.time", word},
        {"binary.handling.mode", "events.binary", word},
        {"interval.handling.mode", "events.interval", word},
        {"hstore.handling.mode", "events.hstore", word},
        {"money.fraction.digits", "events.money_digits"},
        {"unavailable.value.placeholder", "events.unavailable_value"},
        {"include.unknown.datatypes",
         "events.unknown_types",
         word,
         {{"true", "bytes"}, {"false", "omit"}}},
        {"tombstones.on.delete", "events.tombstones", word},
        {"provide.transaction.metadata", "events.transactions", word},
        {"heartbeat.interval.ms", "events.heartbeat", milliseconds},
        {"skip.messages.without.change", "events.skip_unchanged", word},
        {"schema.name.adjustment.mode", "events.names", word},
        {"field.name.adjustment.mode", "events.field_names", word},
        {"include.schema.comments", "events.schema_comments", word},
        {"snapshot.mode",
         "snapshot.mode",
         word,
         {{"initial", "initial"},
          {"no_data", "never"},
          {"never", "never"},
          {"initial_only", "only"},
          {"when_needed", "when_needed"}}},
        {"snapshot.max.threads", "snapshot.workers"},
        {"incremental.snapshot.chunk.size", "snapshot.chunk_rows"},
        {"topic.creation.default.partitions", "topics.partitions"},
        {"topic.creation.default.replication.factor", "topics.replication_factor"},
        {"exactly.once.support",
         "delivery",
         word,
         {{"required", "exactly_once"}, {"requested", "at_least_once"}}},
    };
    return all;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// Ours for Debezium's word; a complaint when there is none.
std::string translated(debezium_draft& draft, const renamed& row, const std::string& value) {
    if (row.words.empty()) {
        return value;
    }
    std::string known;
    for (const auto& [theirs, ours] : row.words) {
        if (theirs == value) {
            return std::string{ours};
        }
        (known += known.empty() ? "" : " | ") += theirs;
    }
    draft.complain(row.property, "\"" + value + "\" has no counterpart (" + known + ")");
    return {};
}

void convert_one(debezium_draft& draft, const renamed& row, std::string value) {
    if (row.how == meaning::word) {
        value = translated(draft, row, lower(std::move(value)));
        if (value.empty()) {
            return;
        }
    }
    if (row.how == meaning::milliseconds) {
        const parsed<std::int64_t> number = parse_number(value);
        if (!number || *number < 0) {
            draft.complain(row.property, "\"" + value + "\" is not a number of milliseconds");
            return;
        }
        value = print_duration(duration{*number});
    }
    const value_type type = find_key(row.key)->how.type;
    const bool literal = type == value_type::boolean || type == value_type::number;
    draft.set(row.property, row.key,
              literal ? literal_node(std::move(value)) : text_node(std::move(value)));
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
    for (const renamed& row : renamed_properties()) {
        if (auto value = draft.take(row.property)) {
            convert_one(draft, row, std::move(*value));
        }
    }
    convert_skipped(draft);
    set_old_default(draft, "slot.name", "source.slot", "debezium");
    set_old_default(draft, "publication.name", "source.publication", "dbz_publication");
    convert_topic_names(draft);
}

}  // namespace walferry::config
