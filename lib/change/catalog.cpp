#include "lib/change/catalog.hpp"

#include "lib/change/builtin_types.hpp"

namespace walferry::change {

catalog::catalog() {
    for (const auto& type : builtin_types()) {
        put(type);
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
