// Kafka Connect's single message transforms that walferry does itself.
#include "lib/config/debezium_draft.hpp"
#include "lib/config/keys.hpp"

#include <array>
#include <utility>

namespace walferry::config {
namespace {

struct option {
    std::string_view name;
    std::string_view key;
};

void convert_options(debezium_draft& draft, const std::string& prefix,
                     std::initializer_list<option> options) {
    for (const option& one : options) {
        const std::string property = prefix + std::string{one.name};
        const auto value = draft.take(property);
        if (!value) {
            continue;
        }
        const value_type type = find_key(one.key)->how.type;
        if (type == value_type::text_list) {
            draft.set(property, one.key, list_node(split_list(*value)));
        } else {
            draft.set(property, one.key,
                      type == value_type::boolean ? literal_node(*value) : text_node(*value));
        }
    }
}

// The older pair of options for deletes: delete.handling.mode and drop.tombstones.
void convert_old_deletes(debezium_draft& draft, const std::string& prefix) {
    const auto mode = draft.take(prefix + "delete.handling.mode");
    const auto drop = draft.take(prefix + "drop.tombstones");
    if (!mode && !drop) {
        return;
    }
    const bool keeps = drop == "false";
    const std::string given = mode.value_or("drop");
    const std::string property = prefix + "delete.handling.mode";
    if (given == "rewrite") {
        draft.set(property, "events.flatten.deletes",
                  text_node(keeps ? "rewrite-with-tombstone" : "rewrite"));
    } else if (given == "drop") {
        draft.set(property, "events.flatten.deletes", text_node(keeps ? "tombstone" : "drop"));
    } else if (given == "none") {
        draft.set(property, "events.flatten.deletes", text_node(keeps ? "none" : "tombstone"));
    } else {
        draft.complain(property, "\"" + given + "\" is not one of drop | rewrite | none");
    }
}

// Headers have the prefix of fields.
void compare_header_prefix(debezium_draft& draft, const std::string& prefix) {
    const auto fields = draft.left().find(prefix + "add.fields.prefix");
    const std::string ours = fields == draft.left().end() ? "__" : fields->second;
    const std::string property = prefix + "add.headers.prefix";
    const auto headers = draft.take(property);
    if (headers.value_or("__") != ours) {
        draft.note(property, "headers have the prefix of fields: events.flatten.prefix");
    }
}

void convert_flatten(debezium_draft& draft, const std::string& prefix) {
    compare_header_prefix(draft, prefix);
    draft.set(prefix + "type", "events.flatten", literal_node("true"));
    convert_options(draft, prefix,
                    {{"delete.tombstone.handling.mode", "events.flatten.deletes"},
                     {"add.fields", "events.flatten.add_fields"},
                     {"add.headers", "events.flatten.add_headers"},
                     {"add.fields.prefix", "events.flatten.prefix"}});
    convert_old_deletes(draft, prefix);
}

void convert_outbox(debezium_draft& draft, const std::string& prefix, const std::string& tables) {
    const std::vector<std::string> included = split_list(tables);
    const bool is_known = included.size() == 1;
    draft.set("table.include.list", "route.outbox.table",
              text_node(is_known ? pattern_of(draft, "table.include.list", included[0],
                                              pattern_subject::table)
                                 : "*.outbox"));
    if (!is_known) {
        draft.remark("route.outbox.table", "name the outbox table");
    }
    convert_options(draft, prefix,
                    {{"table.field.event.id", "route.outbox.id"},
                     {"table.field.event.key", "route.outbox.key"},
                     {"table.field.event.type", "route.outbox.type"},
                     {"table.field.event.payload", "route.outbox.payload"},
                     {"table.field.event.timestamp", "route.outbox.timestamp"},
                     {"route.by.field", "route.outbox.route_by"},
                     {"route.topic.replacement", "route.outbox.topic"},
                     {"table.fields.additional.placement", "route.outbox.additional"},
                     {"table.expand.json.payload", "route.outbox.expand_json"},
                     {"route.tombstone.on.empty.payload", "route.outbox.tombstone_on_empty"}});
}

// Java writes $1 where RE2 writes \1.
std::string rewrite_of(std::string_view replacement) {
    std::string text;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        const bool group = replacement[i] == '$' && i + 1 < replacement.size();
        text += group ? '\\' : replacement[i];
    }
    return text;
}

void convert_rewrite(debezium_draft& draft, const std::string& prefix, std::string_view regex,
                     std::string_view replacement) {
    const auto match = draft.take(prefix + std::string{regex});
    const auto replace = draft.take(prefix + std::string{replacement});
    if (!match || !replace) {
        draft.complain(prefix + "type",
                       "needs " + std::string{regex} + " and " + std::string{replacement});
        return;
    }
    node rule = map_node();
    put(rule, "match", text_node(*match));
    put(rule, "replace", text_node(rewrite_of(*replace)));
    draft.append(prefix + std::string{regex}, "topics.rewrite", {std::move(rule)});
}

void convert_transform(debezium_draft& draft, const std::string& name, const std::string& tables) {
    const std::string prefix = "transforms." + name + ".";
    const std::string type = draft.take(prefix + "type").value_or("");
    const std::string kind = type.substr(type.rfind('.') + 1);
    if (kind == "ExtractNewRecordState") {
        convert_flatten(draft, prefix);
    } else if (kind == "EventRouter") {
        convert_outbox(draft, prefix, tables);
    } else if (kind == "ByLogicalTableRouter") {
        convert_rewrite(draft, prefix, "topic.regex", "topic.replacement");
    } else if (kind == "RegexRouter") {
        convert_rewrite(draft, prefix, "regex", "replacement");
    } else {
        draft.note(prefix + "type", type + " has no counterpart: do it in the consumer");
    }
    const std::map<std::string, std::string> all = draft.left();
    for (const auto& [property, value] : all) {
        if (property.starts_with(prefix)) {
            draft.take(property);
            draft.note(property, "\"" + value + "\" has no counterpart");
        }
    }
}

}  // namespace

void convert_transforms(debezium_draft& draft) {
    const auto tables = draft.left().find("table.include.list");
    const std::string included = tables == draft.left().end() ? "" : tables->second;
    for (const std::string& name : split_list(draft.take("transforms").value_or(""))) {
        convert_transform(draft, name, included);
    }
}

}  // namespace walferry::config
