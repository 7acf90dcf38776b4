#include "lib/change/catalog.hpp"

#include "lib/change/builtin_types.hpp"

#include <algorithm>

namespace walferry::change {

bool describes(const table_description& description, const relation& table) {
    auto is_described = [&](const column& sent) {
        return std::any_of(description.columns.begin(), description.columns.end(),
                           [&](const auto& known) { return known.name == sent.name; });
    };
    return description.schema == table.schema && description.name == table.name &&
           std::all_of(table.columns.begin(), table.columns.end(), is_described);
}

catalog::catalog() {
    for (const auto& type : builtin_types()) {
        put(type);
    }
}

// Replaced in place: pointers to what was there stay good.
void catalog::merge(catalog newer) {
    auto types = std::move(newer.types_);
    for (auto& [id, type] : types) {
        types_[id] = std::move(type);
    }
    auto tables = std::move(newer.tables_);
    for (auto& [id, table] : tables) {
        tables_[id] = std::move(table);
    }
}

const type_description* catalog::type(oid id) const {
    auto found = types_.find(id);
    return found == types_.end() ? nullptr : &found->second;
}

const table_description* catalog::table(oid id) const {
    auto found = tables_.find(id);
    return found == tables_.end() ? nullptr : &found->second;
}

}  // namespace walferry::change
