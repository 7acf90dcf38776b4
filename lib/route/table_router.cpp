#include "lib/route/table_router.hpp"

#include "lib/route/record_key.hpp"

#include <algorithm>

namespace walferry::route {
namespace {

using config::table_use;

// Kafka refuses topics that differ in `.` and `_` only.
std::string normalised(std::string topic) {
    std::replace(topic.begin(), topic.end(), '.', '_');
    return topic;
}

template <typename lists>
auto rule_for(const lists& rules, const change::relation& table)
    -> const std::vector<std::string>* {
    for (const auto& [pattern, columns] : rules) {
        if (pattern.has_table(table.schema, table.name)) {
            return columns;
        }
    }
    return nullptr;
}

std::string in_message(const std::pair<std::string, std::string>& table, bool quoted) {
    const auto& [schema, name] = table;
    return quoted ? '"' + schema + "\".\"" + name + '"' : schema + '.' + name;
}

}  // namespace

result<table_router> table_router::make(const config::settings& settings) {
    auto topics = topic_namer::make(settings.name, settings.topics);
    if (!topics) {
        return tl::unexpected(std::move(topics.error()));
    }
    table_router made{std::move(*topics)};
    auto compile = [](const std::vector<std::string>& texts, config::pattern_subject subject,
                      config::pattern_list& into) -> result<void> {
        auto list = config::pattern_list::compile(texts, subject);
        if (!list) {
            return tl::unexpected(std::move(list.error()));
        }
        into = std::move(*list);
        return {};
    };
    using config::pattern_subject;
    result<void> done = compile(settings.source.tables, pattern_subject::table, made.tables_);
    if (done) {
        done = compile(settings.source.columns, pattern_subject::column, made.columns_);
    }
    for (const auto& [pattern, columns] : settings.events.keys) {
        made.keys_.emplace_back(config::pattern_list{}, &columns);
        done = done ? compile({pattern}, pattern_subject::table, made.keys_.back().first) : done;
    }
    for (const auto& [pattern, columns] : settings.topics.partition_by) {
        made.partition_by_.emplace_back(config::pattern_list{}, &columns);
        done = done ? compile({pattern}, pattern_subject::table, made.partition_by_.back().first)
                    : done;
    }
    for (const auto& rule : settings.events.masks) {
        made.masks_.emplace_back(config::pattern_list{}, &rule);
        done =
            done ? compile(rule.columns, pattern_subject::column, made.masks_.back().first) : done;
    }
    auto compile_one = [&](const std::string& text, config::pattern_list& into) {
        done = done && !text.empty() ? compile({text}, pattern_subject::table, into) : done;
    };
    compile_one(settings.route.outbox.table, made.outbox_);
    compile_one(settings.route.event_store.table, made.event_store_);
    if (!done) {
        return tl::unexpected(std::move(done.error()));
    }
    made.settings_ = &settings;
    return made;
}

bool table_router::keeps(const change::relation& table) const {
    return tables_.has_table(table.schema, table.name);
}

std::optional<std::string> table_router::topic_of(std::string_view schema,
                                                  std::string_view table) const {
    if (!tables_.has_table(schema, table) || use_of(schema, table) != table_use::changes) {
        return std::nullopt;
    }
    return topics_.topic_of(schema, table);
}

table_use table_router::use_of(std::string_view schema, std::string_view table) const {
    const auto& route = settings_->route;
    if (!route.event_store.table.empty() && event_store_.has_table(schema, table)) {
        return table_use::event_store;
    }
    bool is_outbox = !route.outbox.table.empty() && outbox_.has_table(schema, table);
    return is_outbox ? table_use::outbox : table_use::changes;
}

result<std::string> table_router::claim_topic(const change::relation& table) {
    auto topic = topics_.topic_of(table.schema, table.name);
    if (topic.empty() || topic == "." || topic == "..") {
        return fail(error_kind::table_unfit,
                    "table " + to_string(table) + " would have the topic name \"" + topic +
                        "\", which Kafka does not allow",
                    "change topics.name or topics.rewrite, or leave the table out by "
                    "source.tables");
    }
    table_name name{table.schema, table.name};
    auto [owner, is_new] = owners_.emplace(normalised(topic), claim{name, topic});
    const auto& [other, its_topic, by_rows] = owner->second;
    if (!is_new && (other != name || by_rows)) {
        // Dots in names make two tables look alike, also to topics.rewrite.
        const bool alike = to_string(table) == other.first + '.' + other.second;
        return fail(
            error_kind::topic_conflict,
            "table " + in_message(name, alike) + " would share topic \"" + topic +
                "\" with table " + in_message(other, alike),
            std::string("give one of them a topic of its own by ") +
                (alike ? "topics.name, such as {name}.{schema}__{table}" : "topics.rewrite") +
                ", or leave one out by source.tables");
    }
    return topic;
}

result<const std::string*> table_router::topic_of_row(row_topic& rule,
                                                      const change::relation& table,
                                                      pgoutput::row row) {
    auto value = rule.value(row);
    if (!value) {
        return fail(error_kind::not_encodable,
                    "a row of " + to_string(table) + " names no topic: its column \"" +
                        rule.column() + "\" is NULL or empty",
                    "ALTER TABLE " + to_string(table) + " ALTER COLUMN \"" + rule.column() +
                        "\" SET NOT NULL;");
    }
    if (const auto* name = rule.known(*value)) {
        return name;
    }
    auto name = rule.name_for(*value);
    if (auto claimed = claim_topic_of_row(table, name); !claimed) {
        return tl::unexpected(std::move(claimed.error()));
    }
    return &rule.remember(*value, std::move(name));
}

result<void> table_router::claim_topic_of_row(const change::relation& table,
                                              const std::string& topic) {
    const auto& stream = settings_->name;
    const std::string taken[] = {"walferry." + stream + ".state", stream + ".transaction",
                                 stream + ".message", "__debezium-heartbeat." + stream,
                                 settings_->dead_letter_topic};
    bool is_ours = std::any_of(std::begin(taken), std::end(taken), [&](const auto& other) {
        return normalised(other) == normalised(topic);
    });
    auto [owner, is_new] =
        owners_.emplace(normalised(topic), claim{{table.schema, table.name}, topic, true});
    bool is_others = !owner->second.by_rows || owner->second.topic != topic;
    if (!is_ours && !is_others) {
        return {};
    }
    const auto& [schema, name] = owner->second.table;
    return fail(error_kind::topic_conflict,
                "a row of " + to_string(table) + " names topic \"" + topic +
                    (is_ours ? "\", which walferry writes something else to"
                             : "\", which is as good as \"" + owner->second.topic + "\" of table " +
                                   schema + '.' + name),
                "give these rows topics of their own: route.event_store.topic, "
                "route.outbox.topic, for example {name}.events.{category}");
}

result<std::vector<std::uint32_t>> table_router::partition_columns(
    const change::relation& table) const {
    const auto* names = rule_for(partition_by_, table);
    if (names == nullptr) {
        return std::vector<std::uint32_t>{};
    }
    return columns_of_every_delete(table, *names, "topics.partition_by");
}

result<void> table_router::place(table_route& made, const change::relation& table,
                                 const change::table_description* description) {
    auto topic = claim_topic(table);
    auto key = record_key(table, description, rule_for(keys_, table));
    auto partition_by = partition_columns(table);
    if (!topic) {
        return tl::unexpected(std::move(topic.error()));
    }
    if (!key) {
        return tl::unexpected(std::move(key.error()));
    }
    if (!partition_by) {
        return tl::unexpected(std::move(partition_by.error()));
    }
    made.topic = std::move(*topic);
    made.key = std::move(*key);
    made.partition_by = std::move(*partition_by);
    return {};
}

result<table_route> table_router::route(const change::relation& table,
                                        const change::table_description* description) {
    table_route made;
    made.use = use_of(table.schema, table.name);
    if (made.use == table_use::changes) {
        if (auto placed = place(made, table, description); !placed) {
            return tl::unexpected(std::move(placed.error()));
        }
    }
    made.masks.resize(table.columns.size(), nullptr);
    for (std::uint32_t i = 0; i < table.columns.size(); ++i) {
        const auto& name = table.columns[i].name;
        if (columns_.has_column(table.schema, table.name, name)) {
            made.columns.push_back(i);
        }
        for (const auto& [pattern, rule] : masks_) {
            if (pattern.has_column(table.schema, table.name, name)) {
                made.masks[i] = rule;
                break;
            }
        }
    }
    return made;
}

}  // namespace walferry::route
