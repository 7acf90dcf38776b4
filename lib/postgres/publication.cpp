#include "lib/postgres/publication.hpp"

#include "lib/postgres/sql_text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::postgres {
namespace {

constexpr std::string_view publication_query = R"(
SELECT pg_get_userbyid(pubowner), puballtables, pubinsert, pubupdate, pubdelete, pubtruncate,
       pubviaroot
  FROM pg_publication WHERE pubname = )";

// A leaf decides about the identity of a partitioned table. A deferrable primary key is none
// (RelationGetIndexList() in relcache.c).
constexpr std::string_view table_columns = R"(
SELECT c.oid, n.nspname, c.relname, c.relkind = 'p', c.relpersistence = 'u', c.relreplident,
       NOT EXISTS (
         SELECT FROM pg_class l
          WHERE (l.oid = c.oid AND c.relkind = 'r'
                 OR c.relkind = 'p' AND l.relkind = 'r'
                    AND l.oid IN (SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf))
            AND l.relreplident <> 'f'
            AND NOT EXISTS (
              SELECT FROM pg_index i
               WHERE i.indrelid = l.oid AND i.indisvalid AND i.indimmediate
                 AND (l.relreplident = 'd' AND i.indisprimary
                      OR l.relreplident = 'i' AND i.indisreplident))))";

constexpr std::string_view published_from = R"(
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid IN (SELECT relid FROM pg_get_publication_tables()";

constexpr std::string_view candidates_from = R"(,
       coalesce((SELECT inhparent FROM pg_inherits WHERE inhrelid = c.oid AND c.relispartition), 0),
       pg_has_role(c.relowner, 'USAGE')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid >= 16384
   AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')";

constexpr std::string_view by_name = " ORDER BY n.nspname, c.relname";

// Row filters, column lists and schemas came with 15.
constexpr std::string_view definition_query = R"(
SELECT jsonb_build_object(
  'id', p.oid::int8, 'version', p.xmin::text::int8, 'owner', p.pubowner::int8,
  'all_tables', puballtables, 'via_partition_root', pubviaroot,
  'operations', concat(CASE WHEN pubinsert THEN 'i' END, CASE WHEN pubupdate THEN 'u' END,
                       CASE WHEN pubdelete THEN 'd' END, CASE WHEN pubtruncate THEN 't' END),
  'tables', coalesce((
     SELECT jsonb_agg(jsonb_build_object('entry', r.oid::int8, 'id', c.oid::int8,
                                         'name', n.nspname || '.' || c.relname{details})
                      ORDER BY c.oid)
       FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE r.prpubid = p.oid), '[]'),
  'schemas', {schemas})
  FROM pg_publication p WHERE pubname = )";

constexpr std::string_view member_details = R"(,
       'filter', pg_get_expr(r.prqual, r.prrelid),
       'columns', (SELECT jsonb_agg(jsonb_build_array(a.attnum, a.attname) ORDER BY a.attnum)
                     FROM pg_attribute a
                    WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[])))";

constexpr std::string_view listed_schemas = R"(coalesce((
     SELECT jsonb_agg(jsonb_build_object('entry', s.oid::int8, 'id', n.oid::int8,
                                         'name', n.nspname) ORDER BY n.oid)
       FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid
      WHERE s.pnpubid = p.oid), '[]'))";

constexpr std::string_view rights_query = R"(
SELECT current_user, current_database(), has_database_privilege(current_database(), 'CREATE'))";

constexpr std::string_view foreign_tables_query = R"(
SELECT n.nspname, c.relname, r.rolname, r.rolsuper
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
 WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND NOT pg_has_role(c.relowner, 'USAGE'))";

published_table table_from(const query_result& rows, std::size_t row) {
    published_table table;
    table.id = rows.oid(row, 0);
    table.schema = rows.string(row, 1);
    table.name = rows.string(row, 2);
    table.partitioned = rows.boolean(row, 3);
    table.unlogged = rows.boolean(row, 4);
    table.identity = rows.text(row, 5).empty() ? 'd' : rows.text(row, 5).front();
    table.has_identity = rows.boolean(row, 6);
    return table;
}

void take_properties(const query_result& row, publication_facts& facts) {
    facts.exists = true;
    facts.owner = row.string(0, 0);
    facts.all_tables = row.boolean(0, 1);
    facts.inserts = row.boolean(0, 2);
    facts.updates = row.boolean(0, 3);
    facts.deletes = row.boolean(0, 4);
    facts.truncates = row.boolean(0, 5);
    facts.via_partition_root = row.boolean(0, 6);
}

}  // namespace

task<result<publication_facts>> read_publication(connection& control, std::string name) {
    publication_facts facts;
    facts.name = name;
    auto properties = co_await control.query(std::string{publication_query} + quote_literal(name));
    if (!properties) {
        co_return tl::unexpected<error>(std::move(properties.error()));
    }
    if (properties->rows() == 0) {
        co_return facts;
    }
    take_properties(*properties, facts);
    std::string sql = std::string{table_columns} + std::string{published_from} +
                      quote_literal(name) + "))" + std::string{by_name};
    auto rows = co_await control.query(std::move(sql));
    if (!rows) {
        co_return tl::unexpected<error>(std::move(rows.error()));
    }
    for (std::size_t row = 0; row < rows->rows(); ++row) {
        facts.tables.push_back(table_from(*rows, row));
    }
    co_return facts;
}

task<result<std::string>> read_definition(connection& control, std::string name) {
    const bool detailed = control.server_version() >= first_version_with_filters;
    std::string sql{definition_query};
    fill_in(sql, "{details}", detailed ? member_details : "");
    fill_in(sql, "{schemas}", detailed ? listed_schemas : "'[]'::jsonb");
    sql += quote_literal(name);
    auto row = co_await control.query(std::move(sql));
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    co_return row->rows() == 0 ? std::string{} : row->string(0, 0);
}

task<result<std::vector<candidate_table>>> list_tables(connection& control) {
    std::string sql =
        std::string{table_columns} + std::string{candidates_from} + std::string{by_name};
    auto rows = co_await control.query(std::move(sql));
    if (!rows) {
        co_return tl::unexpected<error>(std::move(rows.error()));
    }
    std::vector<candidate_table> tables;
    for (std::size_t row = 0; row < rows->rows(); ++row) {
        tables.push_back({table_from(*rows, row), rows->oid(row, 7), rows->boolean(row, 8)});
    }
    co_return tables;
}

task<result<creation_rights>> read_creation_rights(connection& control) {
    auto row = co_await control.query(std::string{rights_query});
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    auto tables = co_await control.query(std::string{foreign_tables_query});
    if (!tables) {
        co_return tl::unexpected<error>(std::move(tables.error()));
    }
    creation_rights rights;
    rights.role = row->string(0, 0);
    rights.database = row->string(0, 1);
    rights.creates_in_database = row->boolean(0, 2);
    for (std::size_t i = 0; i < tables->rows(); ++i) {
        rights.foreign_tables.push_back({tables->string(i, 0), tables->string(i, 1),
                                         tables->string(i, 2), tables->boolean(i, 3)});
    }
    co_return rights;
}

task<result<void>> create_publication(connection& control, publication_definition definition,
                                      std::chrono::milliseconds patience) {
    std::string statement = create_publication_statement(definition);
    auto done = co_await control.query(statement, patience);
    if (done) {
        co_return result<void>{};
    }
    error why = std::move(done.error());
    if (why.kind == error_kind::privilege_missing) {
        why.message = "publication \"" + definition.name + "\" cannot be created: " + why.message;
        why.hint = "as the owner of the tables, with CREATE on the database: " + statement;
    }
    co_return tl::unexpected<error>(std::move(why));
}

}  // namespace walferry::postgres
