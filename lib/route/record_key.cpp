#include "lib/route/record_key.hpp"

#include <algorithm>
#include <optional>

namespace walferry::route {
namespace {

using indexes = std::vector<std::uint32_t>;

std::optional<std::uint32_t> index_of(const change::relation& table, const std::string& name) {
    for (std::uint32_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].name == name) {
            return i;
        }
    }
    return std::nullopt;
}

// All names as indexes, or nothing when one of them is not a column (any more).
std::optional<indexes> indexes_of(const change::relation& table,
                                  const std::vector<std::string>& names) {
    indexes found;
    for (const auto& name : names) {
        auto index = index_of(table, name);
        if (!index) {
            return std::nullopt;
        }
        found.push_back(*index);
    }
    return found;
}

indexes flagged(const change::relation& table) {
    indexes found;
    for (std::uint32_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].in_identity) {
            found.push_back(i);
        }
    }
    return found;
}

bool same_set(indexes left, indexes right) {
    std::sort(left.begin(), left.end());
    std::sort(right.begin(), right.end());
    return left == right;
}

// The names of the columns that the table would be announced with today.
std::vector<std::string> names_today(const change::relation& table,
                                     const change::table_description& description) {
    std::vector<std::string> names;
    bool has_generated = table.columns.size() == description.columns.size();
    for (const auto& column : description.columns) {
        if (has_generated || !column.generated) {
            names.push_back(column.name);
        }
    }
    return names;
}

// Today's key in the table as it was: by its names, or by their places when it differs from today's
// in the names of key columns only, which have been renamed since.
std::optional<indexes> places_of(const change::relation& table,
                                 const change::table_description& description,
                                 const std::vector<std::string>& key) {
    if (auto by_name = indexes_of(table, key)) {
        return by_name;
    }
    const auto today = names_today(table, description);
    if (today.size() != table.columns.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < today.size(); ++i) {
        if (table.columns[i].name != today[i] && std::ranges::find(key, today[i]) == key.end()) {
            return std::nullopt;
        }
    }
    indexes found;
    for (const auto& name : key) {
        auto place = std::find(today.begin(), today.end(), name);
        if (place == today.end()) {
            return std::nullopt;
        }
        found.push_back(static_cast<std::uint32_t>(place - today.begin()));
    }
    return found;
}

// The flagged columns in the order of the index, if today's index still has the same columns.
indexes ordered(const change::relation& table, const change::table_description* description,
                std::vector<std::string> change::table_description::*index_columns) {
    auto columns = flagged(table);
    if (description != nullptr) {
        auto in_index_order = places_of(table, *description, description->*index_columns);
        if (in_index_order && same_set(*in_index_order, columns)) {
            return *in_index_order;
        }
    }
    return columns;
}

bool is_not_null(const change::table_description& description, const std::string& name) {
    return std::any_of(description.columns.begin(), description.columns.end(),
                       [&](const auto& column) { return column.name == name && column.not_null; });
}

indexes described_key(const change::relation& table, const change::table_description& description) {
    if (!description.primary_key.empty()) {
        return places_of(table, description, description.primary_key).value_or(indexes{});
    }
    bool can_stand_in =
        std::all_of(description.unique_key.begin(), description.unique_key.end(),
                    [&](const auto& name) { return is_not_null(description, name); });
    return can_stand_in ? places_of(table, description, description.unique_key).value_or(indexes{})
                        : indexes{};
}

}  // namespace

result<std::vector<std::uint32_t>> record_key(const change::relation& table,
                                              const change::table_description* description,
                                              const std::vector<std::string>* configured) {
    if (configured != nullptr) {
        return columns_of_every_delete(table, *configured, "events.keys");
    }
    switch (table.identity) {
        case change::replica_identity::index:
            return ordered(table, description, &change::table_description::identity_index);
        case change::replica_identity::default_key:
            if (!flagged(table).empty()) {
                return ordered(table, description, &change::table_description::primary_key);
            }
            break;
        case change::replica_identity::full:
        case change::replica_identity::nothing:
            break;
    }
    return description != nullptr ? described_key(table, *description) : indexes{};
}

result<std::vector<std::uint32_t>> columns_of_every_delete(const change::relation& table,
                                                           const std::vector<std::string>& names,
                                                           const std::string& setting) {
    indexes key;
    for (const auto& name : names) {
        auto index = index_of(table, name);
        if (!index) {
            return fail(error_kind::table_unfit, setting + " names column \"" + name +
                                                     "\", which table " + to_string(table) +
                                                     " does not have");
        }
        // Without any identity PostgreSQL publishes inserts only, and those carry every column.
        bool in_every_delete = table.columns[*index].in_identity ||
                               table.identity == change::replica_identity::nothing;
        if (!in_every_delete) {
            return fail(error_kind::table_unfit,
                        setting + " names column \"" + name + "\" of table " + to_string(table) +
                            ", but its deletes do not carry that column",
                        "ALTER TABLE " + to_string(table) + " REPLICA IDENTITY FULL;");
        }
        key.push_back(*index);
    }
    return key;
}

}  // namespace walferry::route
