#include "lib/postgres/catalog_queries.hpp"

#include "lib/postgres/sql_text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <unordered_map>

namespace walferry::postgres {
namespace {

using change::catalog;
using change::column_description;
using change::table_description;
using change::type_description;
using unexpected = tl::unexpected<error>;
using oids = std::vector<std::uint32_t>;
using found_types = std::unordered_map<std::uint32_t, type_description>;
using found_tables = std::unordered_map<std::uint32_t, table_description>;

std::string with_oids(std::string_view sql, const oids& ids) {
    constexpr std::string_view place = "{oids}";
    std::string out{sql};
    out.replace(out.find(place), place.size(), oid_array(ids));
    return out;
}

// The types and what they are made of, at any depth. A true array subscripts as one (14+).
constexpr std::string_view types_query = R"(
WITH RECURSIVE needed (id) AS (
  SELECT unnest({oids})
   UNION
  SELECT part.id
    FROM needed JOIN pg_type t ON t.oid = needed.id
   CROSS JOIN LATERAL (
          SELECT t.typelem WHERE t.typsubscript = 'array_subscript_handler'::regproc
           UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'
           UNION ALL SELECT rngsubtype FROM pg_range WHERE rngtypid = t.oid
           UNION ALL SELECT rngtypid FROM pg_range WHERE rngmultitypid = t.oid
           UNION ALL SELECT atttypid FROM pg_attribute
                      WHERE t.typtype = 'c' AND attrelid = t.typrelid AND attnum > 0
                        AND NOT attisdropped) AS part (id))
SELECT t.oid, n.nspname, t.typname, t.typtype,
       CASE WHEN t.typsubscript = 'array_subscript_handler'::regproc THEN t.typelem ELSE 0 END,
       t.typbasetype, t.typtypmod,
       coalesce((SELECT rngsubtype FROM pg_range WHERE rngtypid = t.oid),
                (SELECT rngtypid FROM pg_range WHERE rngmultitypid = t.oid), 0),
       t.typdelim
  FROM needed JOIN pg_type t ON t.oid = needed.id JOIN pg_namespace n ON n.oid = t.typnamespace)";

constexpr std::string_view parts_query = R"(
SELECT e.enumtypid, true, e.enumlabel, 0, -1, e.enumsortorder
  FROM pg_enum e WHERE e.enumtypid = ANY ({oids})
 UNION ALL
SELECT t.oid, false, a.attname, a.atttypid, a.atttypmod, a.attnum
  FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid
 WHERE t.oid = ANY ({oids}) AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY 1, 6)";

type_description type_from(const query_result& rows, std::size_t row) {
    type_description type;
    type.id = rows.oid(row, 0);
    type.schema = rows.string(row, 1);
    type.name = rows.string(row, 2);
    type.kind = rows.text(row, 3).empty() ? 'b' : rows.text(row, 3).front();
    type.element = rows.oid(row, 4);
    type.base = rows.oid(row, 5);
    type.base_modifier = static_cast<std::int32_t>(rows.number(row, 6));
    type.subtype = rows.oid(row, 7);
    type.delimiter = rows.text(row, 8).empty() ? ',' : rows.text(row, 8).front();
    return type;
}

void add_parts(const query_result& rows, found_types& types) {
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        auto& type = types[rows.oid(row, 0)];
        if (rows.boolean(row, 1)) {
            type.labels.push_back(rows.string(row, 2));
        } else {
            type.fields.push_back({rows.string(row, 2), rows.oid(row, 3),
                                   static_cast<std::int32_t>(rows.number(row, 4))});
        }
    }
}

constexpr std::string_view tables_query = R"(
SELECT c.oid, n.nspname, c.relname, coalesce(obj_description(c.oid, 'pg_class'), '')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = ANY ({oids}))";

constexpr std::string_view columns_query = R"(
SELECT a.attrelid, a.attname, a.attnotnull OR (t.typtype = 'd' AND t.typnotnull), a.attgenerated <> '', a.attidentity <> '',
       CASE WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid), '') ELSE '' END,
       coalesce(col_description(a.attrelid, a.attnum), ''), format_type(a.atttypid, a.atttypmod),
       a.atttypid
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = ANY ({oids}) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum)";

// Indexes that can be keys, in the order in which JDBC's getIndexInfo() shows them to Debezium,
// which takes the first where there is no primary key: clustered, then by name. Neither partial nor
// of expressions; Debezium takes partial ones, which are not unique in the table.
constexpr std::string_view keys_query = R"(
SELECT i.indrelid, i.indexrelid, i.indisprimary,
       i.indisreplident AND (SELECT relreplident = 'i' FROM pg_class WHERE oid = i.indrelid),
       a.attname, i.indimmediate
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
 CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
 WHERE i.indrelid = ANY ({oids}) AND i.indisunique AND i.indisvalid
   AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
 ORDER BY i.indrelid, i.indisclustered DESC, x.relname, i.indexrelid, k.place)";

void add_columns(const query_result& rows, found_tables& tables, oids& types) {
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        column_description column;
        column.name = rows.string(row, 1);
        column.not_null = rows.boolean(row, 2);
        column.generated = rows.boolean(row, 3);
        column.identity = rows.boolean(row, 4);
        column.default_expression = rows.string(row, 5);
        column.comment = rows.string(row, 6);
        column.type_name = rows.string(row, 7);
        tables[rows.oid(row, 0)].columns.push_back(std::move(column));
        types.push_back(rows.oid(row, 8));
    }
}

void add_keys(const query_result& rows, found_tables& tables) {
    std::uint32_t standing_in = 0;  // the index of the current table's unique_key
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        auto& table = tables[rows.oid(row, 0)];
        const std::uint32_t index = rows.oid(row, 1);
        const std::string column = rows.string(row, 4);
        if (rows.boolean(row, 3)) {
            table.identity_index.push_back(column);
        }
        if (rows.boolean(row, 2)) {
            table.primary_key.push_back(column);
            table.primary_key_deferrable = !rows.boolean(row, 5);
        } else if (table.unique_key.empty() || index == standing_in) {
            standing_in = index;
            table.unique_key.push_back(column);
        }
    }
}

// A table dropped between two queries leaves parts of it: what has no name is forgotten.
void keep(found_tables tables, catalog& known) {
    for (auto& [id, table] : tables) {
        if (table.id == 0) {
            continue;
        }
        if (!table.primary_key.empty()) {
            table.unique_key.clear();
        }
        known.put(std::move(table));
    }
}

}  // namespace

task<result<void>> load_types(connection& control, oids types, catalog& known) {
    std::erase_if(types, [&](std::uint32_t id) { return known.type(id) != nullptr; });
    std::sort(types.begin(), types.end());
    types.erase(std::unique(types.begin(), types.end()), types.end());
    if (types.empty()) {
        co_return result<void>{};
    }
    connection session = control.share();
    auto rows = co_await session.query(with_oids(types_query, types));
    if (!rows) {
        co_return unexpected(std::move(rows.error()));
    }
    found_types found;
    oids ids;
    for (std::size_t row = 0; row < rows->rows(); ++row) {
        const std::uint32_t id = rows->oid(row, 0);
        if (known.type(id) == nullptr) {
            found.emplace(id, type_from(*rows, row));
            ids.push_back(id);
        }
    }
    std::string parts_sql = with_oids(with_oids(parts_query, ids), ids);
    auto parts = co_await session.query(std::move(parts_sql));
    if (!parts) {
        co_return unexpected(std::move(parts.error()));
    }
    add_parts(*parts, found);
    for (auto& [id, type] : found) {
        known.put(std::move(type));
    }
    co_return result<void>{};
}

task<result<void>> load_tables(connection& control, oids tables, catalog& known) {
    if (tables.empty()) {
        co_return result<void>{};
    }
    connection session = control.share();
    auto rows = co_await session.query(with_oids(tables_query, tables));
    if (!rows) {
        co_return unexpected(std::move(rows.error()));
    }
    found_tables found;
    for (std::size_t row = 0; row < rows->rows(); ++row) {
        auto& table = found[rows->oid(row, 0)];
        table.id = rows->oid(row, 0);
        table.schema = rows->string(row, 1);
        table.name = rows->string(row, 2);
        table.comment = rows->string(row, 3);
    }
    auto columns = co_await session.query(with_oids(columns_query, tables));
    if (!columns) {
        co_return unexpected(std::move(columns.error()));
    }
    oids types;
    add_columns(*columns, found, types);
    auto keys = co_await session.query(with_oids(keys_query, tables));
    if (!keys) {
        co_return unexpected(std::move(keys.error()));
    }
    add_keys(*keys, found);
    keep(std::move(found), known);
    auto done = co_await load_types(session, std::move(types), known);
    co_return done;
}

}  // namespace walferry::postgres
