#include "lib/snapshot/source_table.hpp"

#include "lib/postgres/sql_text.hpp"

#include <algorithm>

namespace walferry::snapshot {
namespace {

using postgres::quote_identifier;
using postgres::quote_literal;
using postgres::quote_table;

// 32 MiB: below it another connection's start costs more than it saves.
constexpr std::uint64_t range_pages_min = 4096;
constexpr std::uint64_t ranges_a_worker = 4;

// A true key column of the replica identity, as relcache.c finds it.
constexpr std::string_view in_identity = R"(
       coalesce(c.relreplident = 'f' OR EXISTS (
         SELECT FROM pg_index i
          WHERE i.indrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
            AND i.indisvalid
            AND (c.relreplident = 'd' AND i.indisprimary AND i.indimmediate
                 OR c.relreplident = 'i' AND i.indisreplident)), false))";

// The catalog tells what the snapshot sees, the function what is there now. A table that was
// rewritten or truncated after the snapshot has no rows for it.
constexpr std::string_view rewritten = R"(
       EXISTS (SELECT FROM pg_class l
                WHERE (l.oid = c.oid OR l.oid IN (SELECT relid FROM pg_partition_tree(c.oid)))
                  AND l.relkind = 'r' AND l.relfilenode <> 0
                  AND pg_relation_filenode(l.oid) IS DISTINCT FROM l.relfilenode))";

// Column lists and row filters came with 15; generated columns are published since 18 only.
std::string publication_part(std::string_view publication, int version) {
    const std::string call =
        "pg_get_publication_tables(" + quote_literal(publication) + ") g WHERE g.relid = c.oid";
    if (version < 150000) {
        return "(SELECT NULL::int2[] AS attrs, NULL::text AS filter)";
    }
    return "(SELECT g.attrs::int2[] AS attrs, pg_get_expr(g.qual, g.relid) AS filter FROM " + call +
           ")";
}

}  // namespace

std::string sizes_query(const std::vector<std::uint32_t>& ids) {
    return "SELECT c.oid, n.nspname, c.relname, c.relkind = 'p',"
           " coalesce((SELECT sum(greatest(l.reltuples, 0)) FROM pg_class l"
           "            WHERE l.relkind = 'r' AND (l.oid = c.oid OR"
           "                  l.oid IN (SELECT relid FROM pg_partition_tree(c.oid)))), 0)::int8,"
           " CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) / "
           "current_setting('block_size')::int8 ELSE 0 END"
           " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
           " WHERE c.oid = ANY (" +
           postgres::oid_array(ids) +
           ") AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p'"
           " ORDER BY n.nspname, c.relname";
}

std::vector<table_size> sizes_from(const postgres::query_result& rows) {
    std::vector<table_size> found;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        table_size table;
        table.id = rows.oid(row, 0);
        table.schema = rows.string(row, 1);
        table.name = rows.string(row, 2);
        table.partitioned = rows.boolean(row, 3);
        table.rows_estimated = static_cast<std::uint64_t>(rows.number(row, 4));
        table.pages = static_cast<std::uint64_t>(rows.number(row, 5));
        found.push_back(std::move(table));
    }
    return found;
}

std::string shape_query(std::uint32_t id, std::string_view publication, int server_version) {
    std::string sql =
        "SELECT c.oid, n.nspname, c.relname, c.relkind = 'p', c.relreplident, p.filter,"
        " pg_snapshot_xmax(pg_current_snapshot()), a.attname, a.atttypid, a.atttypmod,";
    sql += in_identity;
    sql += ',';
    sql += rewritten;
    sql += " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL ";
    sql += publication_part(publication, server_version);
    sql +=
        " p LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " AND NOT a.attisdropped AND (p.attrs IS NULL OR a.attnum = ANY (p.attrs))";
    sql += server_version < 180000 ? " AND a.attgenerated = ''" : " AND a.attgenerated <> 'v'";
    return sql + " WHERE c.oid = " + std::to_string(id) + " ORDER BY a.attnum";
}

std::optional<table_shape> shape_from(const postgres::query_result& rows) {
    if (rows.rows() == 0) {
        return std::nullopt;
    }
    table_shape shape;
    shape.id = rows.oid(0, 0);
    shape.schema = rows.string(0, 1);
    shape.name = rows.string(0, 2);
    shape.partitioned = rows.boolean(0, 3);
    shape.identity = rows.text(0, 4).empty() ? 'd' : rows.text(0, 4).front();
    shape.row_filter = rows.string(0, 5);
    shape.newest_transaction = static_cast<std::uint32_t>(rows.number(0, 6) - 1);
    shape.rewritten = rows.boolean(0, 11);
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        if (!rows.is_null(row, 7)) {
            shape.columns.push_back({rows.string(row, 7), rows.oid(row, 8),
                                     static_cast<std::int32_t>(rows.number(row, 9)),
                                     rows.boolean(row, 10)});
        }
    }
    return shape;
}

std::vector<page_range> ranges_of(const table_size& table, int workers) {
    if (workers <= 1 || table.partitioned || table.pages < 2 * range_pages_min) {
        return {page_range{}};
    }
    const auto parts = static_cast<std::uint64_t>(workers) * ranges_a_worker;
    const auto pages = std::max(range_pages_min, table.pages / parts + 1);
    std::vector<page_range> made;
    for (std::uint64_t first = 0; first < table.pages; first += pages) {
        made.push_back({first, first + pages});
    }
    made.back().last.reset();  // pages that came meanwhile
    return made;
}

std::string copy_statement(const table_shape& shape, const page_range& range) {
    std::string columns;
    for (const auto& column : shape.columns) {
        columns += (columns.empty() ? "" : ", ") + quote_identifier(column.name);
    }
    std::string where;
    const auto add = [&](const std::string& condition) {
        where += (where.empty() ? " WHERE " : " AND ") + condition;
    };
    if (!shape.row_filter.empty()) {
        add('(' + shape.row_filter + ')');
    }
    if (range.first > 0) {
        add("ctid >= '(" + std::to_string(range.first) + ",0)'::tid");
    }
    if (range.last) {
        add("ctid < '(" + std::to_string(*range.last) + ",0)'::tid");
    }
    return "COPY (SELECT " + columns + " FROM " + (shape.partitioned ? "" : "ONLY ") +
           quote_table(shape.schema, shape.name) + where + ") TO STDOUT";
}

}  // namespace walferry::snapshot
