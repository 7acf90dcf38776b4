#pragma once

#include "lib/base/error.hpp"
#include "lib/change/catalog.hpp"
#include "lib/config/settings.hpp"

#include <string>
#include <vector>

namespace walferry::route {

// A published table as far as it decides about keys.
struct judged_table {
    change::oid id = 0;
    change::replica_identity identity = change::replica_identity::default_key;
};

// Why tables cannot be published as configured: keys and partitions that their deletes do not
// carry, topics that they would share. One error a table, in the given order; tables that
// source.tables does not select, or that `today` does not describe, have none. For the start and
// for `check`: while streaming a table is judged as its Relation message describes it. Pure.
std::vector<error> unfit_tables(const config::settings& settings,
                                const std::vector<judged_table>& tables,
                                const change::catalog& today);

// Where a table's changes will go.
struct planned_topic {
    change::oid id = 0;  // of the table
    std::string topic;
    std::string table;     // schema.table, for people: it may stand for two tables
    bool keyless = false;  // its records have no key
};

// Of the tables that are fit and have a topic of their own. Pure.
std::vector<planned_topic> planned_topics(const config::settings& settings,
                                          const std::vector<judged_table>& tables,
                                          const change::catalog& today);

// `published` has members id and identity (relreplident).
template <typename published>
std::vector<judged_table> judged(const std::vector<published>& tables) {
    std::vector<judged_table> made;
    made.reserve(tables.size());
    for (const auto& table : tables) {
        made.push_back({table.id, change::replica_identity{table.identity}});
    }
    return made;
}

// From what lib/postgres found.
template <typename published>
std::vector<error> unfit_tables(const config::settings& settings,
                                const std::vector<published>& tables,
                                const change::catalog& today) {
    return unfit_tables(settings, judged(tables), today);
}

}  // namespace walferry::route
