#include "lib/postgres/publication_additions.hpp"

#include <algorithm>

namespace walferry::postgres {
namespace {

// A table that was taken out and added again has another entry: what changed meanwhile is missing.
bool is_listed(const std::vector<publication_member>& among, const publication_member& member) {
    return std::any_of(among.begin(), among.end(),
                       [&](const auto& one) { return one.entry == member.entry; });
}

bool in_listed_schema(const remembered_publication& before, const publication_member& table) {
    return std::any_of(before.schemas.begin(), before.schemas.end(),
                       [&](const auto& one) { return table.name.starts_with(one.name + '.'); });
}

}  // namespace

std::vector<std::string> added_to(const remembered_publication& before,
                                  const remembered_publication& now) {
    std::vector<std::string> added;
    if (before.all_tables) {
        return added;
    }
    for (const auto& table : now.tables) {
        if (!is_listed(before.tables, table) && !in_listed_schema(before, table)) {
            added.push_back(table.name);
        }
    }
    for (const auto& schema : now.schemas) {
        if (!is_listed(before.schemas, schema)) {
            added.push_back(schema.name + ".*");
        }
    }
    return added;
}

}  // namespace walferry::postgres
