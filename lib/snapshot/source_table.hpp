#pragma once

#include "decoders/pgoutput/message.hpp"
#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/query_result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A table of the publication as a reader of its rows sees it.
namespace walferry::snapshot {

// What is to be read, in the order of the names.
struct table_size {
    std::uint32_t id = 0;
    std::string schema;
    std::string name;
    bool partitioned = false;
    std::uint64_t rows_estimated = 0;
    std::uint64_t pages = 0;  // of a table with storage of its own

    std::string full_name() const { return schema + '.' + name; }
};

std::string sizes_query(const std::vector<std::uint32_t>& ids);
std::vector<table_size> sizes_from(const postgres::query_result& rows);

// A table's definition under a snapshot: what the stream would announce at that point, and how its
// rows are read.
struct table_shape {
    std::uint32_t id = 0;
    std::string schema;
    std::string name;
    bool partitioned = false;
    char identity = 'd';     // pg_class.relreplident
    std::string row_filter;  // SQL expression of the publication; empty: all rows
    std::uint32_t newest_transaction = 0;
    bool rewritten = false;  // after the snapshot: its rows are not there any more

    struct column {
        std::string name;
        std::uint32_t type = 0;
        std::int32_t modifier = -1;
        bool in_identity = false;
    };
    std::vector<column> columns;
};

// Asked in the transaction that reads the table, behind the lock. One row a published column.
std::string shape_query(std::uint32_t id, std::string_view publication, int server_version);

// Nothing when the table is not there under the snapshot.
std::optional<table_shape> shape_from(const postgres::query_result& rows);

// The message that the stream would announce the table with. Borrows from `shape`; `columns` is the
// room for the message's columns.
pgoutput::relation relation_of(const table_shape& shape,
                               std::vector<pgoutput::relation_column>& columns);

// Blocks of a table, the last one excluded; without one all from `first` on.
struct page_range {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> last;

    bool whole() const { return first == 0 && !last; }
};

// The parts in which a table is read by so many workers.
std::vector<page_range> ranges_of(const table_size& table, int workers);

std::string copy_statement(const table_shape& shape, const page_range& range);

}  // namespace walferry::snapshot
