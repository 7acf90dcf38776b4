#pragma once

#include "lib/change/catalog.hpp"
#include "lib/change/relation.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace walferry::test {

using names = std::vector<std::string>;

// A table with these columns, of which `identity` are flagged as its replica identity.
inline change::relation table_of(char identity, const names& columns, const names& flagged = {},
                                 std::string schema = "public", std::string name = "t") {
    change::relation table;
    table.id = 77;
    table.schema = std::move(schema);
    table.name = std::move(name);
    table.identity = change::replica_identity{identity};
    for (const auto& column : columns) {
        bool in_identity = std::find(flagged.begin(), flagged.end(), column) != flagged.end();
        table.columns.push_back({column, 25, -1, in_identity || identity == 'f'});
    }
    return table;
}

inline change::relation named(std::string schema, std::string name) {
    return table_of('d', {"id", "body"}, {"id"}, std::move(schema), std::move(name));
}

}  // namespace walferry::test
