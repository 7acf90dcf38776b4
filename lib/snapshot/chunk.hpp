#pragma once

#include "lib/snapshot/source_table.hpp"
#include "lib/snapshot/visibility.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The rows of a table in the order of a key, so many at a time.
namespace walferry::snapshot {

// The texts of a key's columns.
using key_values = std::vector<std::string>;

// What is to be read next.
struct chunk_request {
    std::uint64_t number = 0;         // names this asking in the marks and in the answer
    std::string table;                // schema.table, or a pattern of tables
    std::string where;                // SQL; empty: all rows
    std::vector<std::string> key;     // columns; empty: not chosen yet
    std::optional<key_values> after;  // the last row that was read
    std::optional<key_values> until;  // the last row that is wanted
    bool opens = false;               // nothing was read of the table in this session of the stream
    bool binary = false;              // the stream has values in their binary form
};

// A table that rows will be read of.
struct opened_table {
    std::uint64_t number = 0;
    std::uint32_t id = 0;
    std::string name;
    std::vector<std::string> key;
    std::optional<key_values> until;  // nothing: it is empty
    std::uint64_t rows_estimated = 0;
};

// Lines of COPY with what identifies each row, in memory that they share.
class chunk_rows {
public:
    void add(std::string_view line, std::string_view key) {
        rows_.push_back({bytes_.size(), line.size(), key.size()});
        bytes_ += line;
        bytes_ += key;
    }

    std::size_t size() const { return rows_.size(); }
    std::size_t bytes() const { return bytes_.size(); }
    std::string_view line(std::size_t row) const {
        return std::string_view{bytes_}.substr(rows_[row].start, rows_[row].line);
    }
    std::string_view key(std::size_t row) const {
        return std::string_view{bytes_}.substr(rows_[row].start + rows_[row].line, rows_[row].key);
    }

private:
    struct place {
        std::size_t start;
        std::size_t line;
        std::size_t key;
    };
    std::string bytes_;
    std::vector<place> rows_;
};

struct chunk {
    std::uint64_t number = 0;
    table_shape shape;  // of the snapshot that it was read under
    visibility seen;
    chunk_rows rows;
    std::optional<key_values> last;  // of its last row; nothing: it has none
    bool ends = false;               // no row is behind it
};

// One column's part of what identifies a row: the same for the stream and for COPY.
inline void append_key_part(std::string& to, std::string_view bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    to.append(reinterpret_cast<const char*>(&size), sizeof size);
    to += bytes;
}

}  // namespace walferry::snapshot
