#include "lib/route/table_router.hpp"

#include "lib/route/record_key.hpp"

#include <algorithm>

namespace walferry::route {
namespace {

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
    if (!done) {
        return tl::unexpected(std::move(done.error()));
    }
    return made;
}

bool table_router::keeps(const change::relation& table) const {
    return tables_.has_table(table.schema, table.name);
}

std::optional<std::string> table_router::topic_of(std::string_view schema,
                                                  std::string_view table) const {
    if (!tables_.has_table(schema, table)) {
        return std::nullopt;
    }
    return topics_.topic_of(schema, table);
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
    auto [owner, is_new] = owners_.emplace(normalised(topic), name);
    if (!is_new && owner->second != name) {
        return fail(error_kind::topic_conflict,
                    "table " + to_string(table) + " would share topic \"" + topic +
                        "\" with table " + owner->second.first + '.' + owner->second.second,
                    "give one of them a topic of its own by topics.rewrite, or leave one out by "
                    "source.tables");
    }
    return topic;
}

result<std::vector<std::uint32_t>> table_router::partition_columns(
    const change::relation& table) const {
    const auto* names = rule_for(partition_by_, table);
    if (names == nullptr) {
        return std::vector<std::uint32_t>{};
    }
    return columns_of_every_delete(table, *names, "topics.partition_by");
}

result<table_route> table_router::route(const change::relation& table,
                                        const change::table_description* description) {
    table_route made;
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
