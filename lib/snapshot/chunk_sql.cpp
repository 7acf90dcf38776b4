#include "lib/snapshot/chunk_sql.hpp"

#include "lib/postgres/sql_text.hpp"

#include <algorithm>

namespace walferry::snapshot {
namespace {

using postgres::quote_identifier;
using postgres::quote_literal;
using postgres::quote_table;

std::string from_table(const table_shape& shape) {
    return std::string{" FROM "} + (shape.partitioned ? "" : "ONLY ") +
           quote_table(shape.schema, shape.name);
}

std::string key_list(const table_key& key, std::string_view behind_each) {
    std::string list;
    for (const auto& column : key.columns) {
        list += (list.empty() ? "" : ", ") + quote_identifier(column.name);
        list += behind_each;
    }
    return list;
}

// Literals without a type take that of the column they are compared with.
std::string compared(const table_key& key, const char* how, const key_values& values) {
    std::string literals;
    for (const auto& value : values) {
        literals += (literals.empty() ? "" : ", ") + quote_literal(value);
    }
    return '(' + key_list(key, "") + ") " + how + " (" + literals + ')';
}

bool is_published(const table_shape& shape, const std::string& column) {
    return std::any_of(shape.columns.begin(), shape.columns.end(),
                       [&](const auto& one) { return one.name == column; });
}

// Changes tell the columns of the replica identity as they were before; without one there are only
// inserts.
bool is_told(const table_shape& shape, const std::string& column) {
    bool any = false;
    for (const auto& one : shape.columns) {
        any = any || one.in_identity;
        if (one.name == column && one.in_identity) {
            return true;
        }
    }
    return !any;
}

template <typename condition>
bool all_columns(const table_key& key, condition holds) {
    return std::all_of(key.columns.begin(), key.columns.end(),
                       [&](const auto& column) { return holds(column.name); });
}

int digit_of(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

std::string bytes_of(std::string_view hexadecimal) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2) {
        bytes += static_cast<char>(digit_of(hexadecimal[i]) * 16 + digit_of(hexadecimal[i + 1]));
    }
    return bytes;
}

}  // namespace

std::string locate_query(std::string_view name, std::string_view publication) {
    return "SELECT c.oid, n.nspname, c.relname, c.relkind = 'p',"
           " EXISTS (SELECT FROM pg_publication_tables p WHERE p.pubname = " +
           quote_literal(publication) +
           " AND p.schemaname = n.nspname AND p.tablename = c.relname)"
           " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
           " WHERE c.relkind IN ('r', 'p') AND n.nspname || '.' || c.relname = " +
           quote_literal(name);
}

std::string published_query(std::uint32_t below, std::string_view publication) {
    std::string sql =
        "SELECT n.nspname, c.relname FROM pg_publication_tables p"
        " JOIN pg_namespace n ON n.nspname = p.schemaname"
        " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename"
        " WHERE p.pubname = " +
        quote_literal(publication);
    if (below != 0) {
        sql += " AND c.oid IN (SELECT relid FROM pg_partition_tree(" + std::to_string(below) + "))";
    }
    return sql + " ORDER BY 1, 2";
}

std::vector<std::string> table_key::names() const {
    std::vector<std::string> all;
    for (const auto& one : columns) {
        all.push_back(one.name);
    }
    return all;
}

// With another collation or operator class than the column's own, the index and a comparison would
// disagree on which rows are equal; with mixed directions it cannot be read in the key's order.
std::string keys_query(std::uint32_t table) {
    return "SELECT i.indexrelid, a.attname,"
           " CASE WHEN t.typsend = 0 THEN '' ELSE t.typsend::regproc::text END"
           " FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
           " JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam"
           " CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)"
           " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number"
           " JOIN pg_type t ON t.oid = a.atttypid"
           " WHERE i.indrelid = " +
           std::to_string(table) +
           " AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL"
           " AND i.indexprs IS NULL AND m.amname = 'btree' AND k.place <= i.indnkeyatts"
           " AND NOT EXISTS (SELECT FROM generate_series(0, i.indnkeyatts - 1) p"
           "   JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attnum = i.indkey[p]"
           "   JOIN pg_opclass o ON o.oid = i.indclass[p]"
           "   WHERE NOT b.attnotnull OR i.indcollation[p] <> b.attcollation OR NOT o.opcdefault"
           "   OR (i.indoption[p] & 1) <> (i.indoption[0] & 1))"
           " ORDER BY (c.relreplident = 'i' AND i.indisreplident) DESC, i.indisprimary DESC,"
           " i.indnkeyatts, i.indexrelid, k.place";
}

std::vector<table_key> keys_from(const postgres::query_result& rows) {
    std::vector<table_key> found;
    std::uint32_t index = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        if (found.empty() || rows.oid(row, 0) != index) {
            found.emplace_back();
            index = rows.oid(row, 0);
        }
        found.back().columns.push_back({rows.string(row, 1), rows.string(row, 2)});
    }
    return found;
}

result<table_key> choose_key(const std::vector<table_key>& keys, const table_shape& shape) {
    const std::string table = shape.schema + '.' + shape.name;
    bool published = false;
    for (const auto& key : keys) {
        const bool here =
            all_columns(key, [&](const auto& name) { return is_published(shape, name); });
        published = published || here;
        if (here && all_columns(key, [&](const auto& name) { return is_told(shape, name); })) {
            return key;
        }
    }
    if (keys.empty()) {
        return fail(
            error_kind::table_unfit,
            "table " + table +
                " cannot be read in chunks: it has no primary key and no other unique "
                "index that is immediate, without condition and on NOT NULL columns",
            "ALTER TABLE " + quote_table(shape.schema, shape.name) + " ADD PRIMARY KEY (...)");
    }
    return fail(error_kind::table_unfit,
                "table " + table + " cannot be read in chunks: " +
                    (published ? "no unique index lies within its replica identity, so that "
                                 "changes do not tell which row they are of"
                               : "the publication leaves columns of its unique indexes out"),
                published ? "ALTER TABLE " + quote_table(shape.schema, shape.name) +
                                " REPLICA IDENTITY USING INDEX ..."
                          : "publish the columns of its key");
}

std::string last_key_query(const table_shape& shape, const table_key& key) {
    return "SELECT " + key_list(key, "") + from_table(shape) + " ORDER BY " +
           key_list(key, " DESC") + " LIMIT 1";
}

std::string chunk_statement(const table_shape& shape, const table_key& key,
                            const chunk_request& request, std::uint64_t rows_max) {
    std::string columns;
    for (const auto& column : shape.columns) {
        columns += (columns.empty() ? "" : ", ") + quote_identifier(column.name);
    }
    for (const auto& column : key.columns) {
        if (request.binary && !column.send.empty()) {
            columns += ", pg_catalog.encode(" + column.send + '(' + quote_identifier(column.name) +
                       "), 'hex')";
        }
    }
    std::string where = "true";
    const auto add = [&](const std::string& condition) { where += " AND " + condition; };
    if (!shape.row_filter.empty()) {
        add('(' + shape.row_filter + ')');
    }
    if (!request.where.empty()) {
        add('(' + request.where + "\n)");
    }
    if (request.after) {
        add(compared(key, ">", *request.after));
    }
    if (request.until) {
        add(compared(key, "<=", *request.until));
    }
    return "COPY (SELECT " + columns + from_table(shape) + " WHERE " + where + " ORDER BY " +
           key_list(key, "") + " LIMIT " + std::to_string(rows_max) + ") TO STDOUT";
}

// A session that is idle in a transaction has not begun to commit.
std::string writers_query(std::uint32_t table) {
    const std::string id = std::to_string(table);
    return "SELECT l.virtualtransaction, coalesce(l.pid, 0), coalesce(a.state, 'prepared')"
           " FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
           " WHERE l.locktype = 'relation' AND l.granted"
           " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
           " AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',"
           " 'AccessExclusiveLock')"
           " AND (l.relation = " +
           id + " OR l.relation IN (SELECT relid FROM pg_partition_tree(" + id +
           "))) AND l.pid IS DISTINCT FROM pg_backend_pid()"
           " AND coalesce(a.state, '') NOT LIKE 'idle in transaction%'";
}

std::string emit_mark(std::string_view text) {
    return "SELECT pg_logical_emit_message(false, '" + std::string{mark_prefix} + "', " +
           quote_literal(text) + "::text)";
}

std::string emit_mark_flushed(std::string_view text) {
    return "BEGIN READ WRITE; SET LOCAL synchronous_commit = local; " + emit_mark(text) +
           ", pg_current_xact_id(); COMMIT";
}

chunk_reading::chunk_reading(const table_shape& shape, const table_key& key, bool binary)
    : columns_(shape.columns.size()), table_(shape.schema + '.' + shape.name) {
    for (const auto& column : key.columns) {
        const auto found = std::find_if(shape.columns.begin(), shape.columns.end(),
                                        [&](const auto& one) { return one.name == column.name; });
        key_.push_back(static_cast<std::size_t>(found - shape.columns.begin()));
        hexadecimal_.push_back(binary && !column.send.empty());
        extra_ += hexadecimal_.back() ? 1u : 0u;
    }
}

result<void> chunk_reading::add(std::string_view line, chunk& to) {
    const bool fits = row_.read(line, columns_ + extra_);
    const auto values = row_.values();
    key_bytes_.clear();
    key_values texts;
    std::size_t extra = columns_;
    for (std::size_t part = 0; fits && part < key_.size(); ++part) {
        texts.emplace_back(values[key_[part]].bytes);
        if (!hexadecimal_[part]) {
            append_key_part(key_bytes_, texts.back());
            continue;
        }
        append_key_part(key_bytes_, bytes_of(values[extra++].bytes));
    }
    if (!fits) {
        return fail(error_kind::protocol_violation,
                    "PostgreSQL sent a row of " + table_ + " with another number of columns",
                    "report this");
    }
    if (!line.empty() && line.back() == '\n') {
        line.remove_suffix(1);
    }
    for (std::size_t i = 0; i < extra_; ++i) {
        line.remove_suffix(line.size() - line.rfind('\t'));
    }
    to.rows.add(line, key_bytes_);
    to.last = std::move(texts);
    return {};
}

}  // namespace walferry::snapshot
