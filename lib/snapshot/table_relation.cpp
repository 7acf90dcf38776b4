#include "lib/snapshot/source_table.hpp"

namespace walferry::snapshot {

pgoutput::relation relation_of(const table_shape& shape,
                               std::vector<pgoutput::relation_column>& columns) {
    columns.clear();
    for (const auto& column : shape.columns) {
        columns.push_back({column.in_identity, column.name, column.type, column.modifier});
    }
    return {shape.id, shape.schema, shape.name, pgoutput::replica_identity{shape.identity},
            columns};
}

}  // namespace walferry::snapshot
