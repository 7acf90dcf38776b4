#include "lib/route/unfit_tables.hpp"

#include "lib/route/table_router.hpp"

#include <algorithm>
#include <string>

namespace walferry::route {
namespace {

using change::replica_identity;
using change::table_description;

bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool in_identity(const table_description& table, replica_identity identity,
                 const std::string& column) {
    switch (identity) {
        case replica_identity::default_key:
            return !table.primary_key_deferrable && holds(table.primary_key, column);
        case replica_identity::index:
            return holds(table.identity_index, column);
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

}  // namespace

std::vector<error> unfit_tables(const config::settings& settings,
                                const std::vector<judged_table>& tables,
                                const change::catalog& today) {
    auto router = table_router::make(settings);
    if (!router) {
        return {std::move(router.error())};
    }
    std::vector<error> found;
    for (const auto& table : tables) {
        const auto* description = today.table(table.id);
        if (description == nullptr) {
            continue;
        }
        const auto as_announced = announced(*description, table.identity);
        if (!router->keeps(as_announced)) {
            continue;
        }
        if (auto route = router->route(as_announced, description); !route) {
            found.push_back(std::move(route.error()));
        }
    }
    return found;
}

}  // namespace walferry::route
