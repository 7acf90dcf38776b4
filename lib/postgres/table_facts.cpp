#include "lib/postgres/table_facts.hpp"

#include "lib/postgres/facts.hpp"
#include "lib/postgres/sql_text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::postgres {
namespace {

constexpr std::string_view table_facts_query = R"(
SELECT c.oid, n.nspname, c.relname, c.relreplident, {details},
       coalesce(pg_relation_size(NULLIF(c.reltoastrelid, 0)), 0),
       CASE WHEN c.relkind = 'r' THEN coalesce(pg_relation_size(c.oid), 0) ELSE 0 END,
       has_table_privilege(c.oid, 'SELECT') OR NOT EXISTS (
         SELECT FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')),
       has_schema_privilege(n.oid, 'USAGE'), r.oid IS NOT NULL
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_publication_rel r
         ON r.prrelid = c.oid
        AND r.prpubid = (SELECT oid FROM pg_publication WHERE pubname = {publication})
 WHERE c.oid = ANY ({oids}) ORDER BY n.nspname, c.relname)";

constexpr std::string_view details = R"(
       pg_get_expr(r.prqual, r.prrelid),
       CASE WHEN r.prattrs IS NOT NULL THEN (
         SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attgenerated = '' AND NOT a.attnum = ANY (r.prattrs::int2[])) END)";

constexpr std::string_view synchronous_query = R"(
SELECT (SELECT string_agg(DISTINCT r.application_name, ', ') FROM pg_stat_replication r
         WHERE NOT EXISTS (SELECT FROM pg_replication_slots s
                            WHERE s.active_pid = r.pid AND s.slot_type = 'logical')),
       (SELECT string_agg(slot_name, ', ' ORDER BY slot_name) FROM pg_replication_slots
         WHERE slot_type = 'physical' AND NOT temporary),
       (SELECT string_agg(wanted.name, ', ')
          FROM regexp_split_to_table(
                 replace(coalesce(current_setting('synchronized_standby_slots', true), ''), '"', ''),
                 '\s*,\s*') AS wanted (name)
         WHERE wanted.name <> '' AND NOT EXISTS (
                 SELECT FROM pg_replication_slots s
                  WHERE s.slot_name = wanted.name AND s.slot_type = 'physical' AND s.active)))";

table_facts facts_of(const query_result& rows, std::size_t row) {
    table_facts table;
    table.id = rows.oid(row, 0);
    table.schema = rows.string(row, 1);
    table.name = rows.string(row, 2);
    table.identity = rows.text(row, 3).empty() ? 'd' : rows.text(row, 3).front();
    table.row_filter = rows.string(row, 4);
    table.columns_left_out = rows.string(row, 5);
    table.toast_bytes = rows.number(row, 6);
    table.heap_bytes = rows.number(row, 7);
    table.readable = rows.boolean(row, 8);
    table.schema_usable = rows.boolean(row, 9);
    table.listed = rows.boolean(row, 10);
    return table;
}

}  // namespace

task<result<std::vector<table_facts>>> read_table_facts(connection& control,
                                                        std::string publication,
                                                        std::vector<std::uint32_t> tables) {
    const bool filters = control.server_version() >= first_version_with_filters;
    std::string sql{table_facts_query};
    fill_in(sql, "{details}", filters ? details : "NULL, NULL");
    fill_in(sql, "{publication}", quote_literal(publication));
    fill_in(sql, "{oids}", oid_array(tables));
    auto rows = co_await control.query(std::move(sql));
    if (!rows) {
        co_return tl::unexpected<error>(std::move(rows.error()));
    }
    std::vector<table_facts> found;
    for (std::size_t row = 0; row < rows->rows(); ++row) {
        found.push_back(facts_of(*rows, row));
    }
    co_return found;
}

task<result<standby_facts>> read_standby_facts(connection& control) {
    auto row = co_await control.query(std::string{synchronous_query});
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    co_return standby_facts{row->string(0, 0), row->string(0, 1), row->string(0, 2)};
}

}  // namespace walferry::postgres
