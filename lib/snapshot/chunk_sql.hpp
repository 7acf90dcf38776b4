#pragma once

#include "lib/postgres/query_result.hpp"
#include "lib/snapshot/chunk.hpp"
#include "lib/snapshot/row_text.hpp"
#include "lib/snapshot/watermark.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What is asked of PostgreSQL to read a table in chunks, and what the answers mean. Pure.
namespace walferry::snapshot {

// Which table a name means: OID, schema, name, whether it has partitions, whether it is published
// under this name.
std::string locate_query(std::string_view name, std::string_view publication);

// Schema and name of what is published of the partitions of a table, or (0) of everything.
std::string published_query(std::uint32_t below, std::string_view publication);

// A unique index that tells rows apart, as keys_from() orders them.
struct table_key {
    struct column {
        std::string name;
        std::string send;  // the function that makes the binary form; empty: there is none
    };
    std::vector<column> columns;

    std::vector<std::string> names() const;
};

// Indexes that are unique, immediate, without condition or expression, on columns that are not
// null: the replica identity's first, then the primary key, then the shortest.
std::string keys_query(std::uint32_t table);
std::vector<table_key> keys_from(const postgres::query_result& rows);

// The key to read a table by. Errors: table_unfit, with what mends it.
result<table_key> choose_key(const std::vector<table_key>& keys, const table_shape& shape);

// The greatest key: the values of its columns, or no row.
std::string last_key_query(const table_shape& shape, const table_key& key);

// A chunk: the published columns, and with `binary` the key's binary form, in the key's order.
std::string chunk_statement(const table_shape& shape, const table_key& key,
                            const chunk_request& request, std::uint64_t rows_max);

// Who may be committing a change of the table at this moment: what names the transaction, its
// process, and what it does. Nobody else has a change in the WAL that a snapshot does not see yet.
std::string writers_query(std::uint32_t table);

// Writes a mark. The one that is flushed lets no standby be waited for: the walsender sends nothing
// that is not flushed.
std::string emit_mark(std::string_view text);
std::string emit_mark_flushed(std::string_view text);

// Takes the lines of a chunk_statement() apart.
class chunk_reading {
public:
    chunk_reading(const table_shape& shape, const table_key& key, bool binary);

    // Errors: protocol_violation.
    result<void> add(std::string_view line, chunk& to);

private:
    std::vector<std::size_t> key_;  // among the columns
    std::vector<bool> hexadecimal_;
    std::size_t columns_ = 0;
    std::size_t extra_ = 0;
    std::string table_;
    std::string key_bytes_;
    row_text row_;
};

}  // namespace walferry::snapshot
