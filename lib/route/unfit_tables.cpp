#include "lib/route/unfit_tables.hpp"

#include "lib/route/table_router.hpp"

#include <algorithm>
#include <string>

namespace walferry::route {
namespace {

using change::replica_identity;
using change::table_description;

bool has_name(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool in_identity(const table_description& table, replica_identity identity,
                 const std::string& column) {
    switch (identity) {
        case replica_identity::default_key:
            return !table.primary_key_deferrable && has_name(table.primary_key, column);
        case replica_identity::index:
            return has_name(table.identity_index, column);
        case replica_identity::full:
            return true;
        case replica_identity::nothing:
            return false;
    }
    return false;
}

// As PostgreSQL would announce it if all of its columns were published.
change::relation announced(const table_description& table, replica_identity identity) {
    change::relation made;
    made.id = table.id;
    made.schema = table.schema;
    made.name = table.name;
    made.identity = identity;
    for (const auto& column : table.columns) {
        made.columns.push_back({column.name, 0, -1, in_identity(table, identity, column.name)});
    }
    return made;
}

template <typename on_route>
void route_each(table_router& router, const std::vector<judged_table>& tables,
                const change::catalog& today, const on_route& take) {
    for (const auto& table : tables) {
        const auto* description = today.table(table.id);
        if (description == nullptr) {
            continue;
        }
        const auto as_announced = announced(*description, table.identity);
        if (router.keeps(as_announced)) {
            take(as_announced, router.route(as_announced, description));
        }
    }
}

}  // namespace

std::vector<error> unfit_tables(const config::settings& settings,
                                const std::vector<judged_table>& tables,
                                const change::catalog& today) {
    auto router = table_router::make(settings);
    if (!router) {
        return {std::move(router.error())};
    }
    std::vector<error> found;
    route_each(*router, tables, today, [&](const auto&, result<table_route> route) {
        if (!route) {
            found.push_back(std::move(route.error()));
        }
    });
    return found;
}

std::vector<planned_topic> planned_topics(const config::settings& settings,
                                          const std::vector<judged_table>& tables,
                                          const change::catalog& today) {
    std::vector<planned_topic> found;
    auto router = table_router::make(settings);
    if (!router) {
        return found;
    }
    route_each(*router, tables, today, [&](const auto& table, result<table_route> route) {
        if (route && route->use == config::table_use::changes) {
            found.push_back(
                {table.id, std::move(route->topic), to_string(table), route->key.empty()});
        }
    });
    return found;
}

}  // namespace walferry::route
