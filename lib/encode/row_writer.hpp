#pragma once

#include "lib/base/error.hpp"
#include "lib/change/change.hpp"
#include "lib/encode/encoder.hpp"
#include "lib/encode/label.hpp"
#include "lib/encode/value_plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace walferry::encode {

// The catalog of the table, or one that knows the built-in types only.
const change::catalog& catalog_of(const table_shape& shape);

// One column as it is published.
struct column_writer {
    std::uint32_t index = 0;  // in the relation and in every row of it
    bool in_identity = false;
    std::string name;
    label before;  // `,"name":`, of the first column without the comma
    value_plan plan;
};

// Appends rows, or the key's part of them, as JSON objects.
class row_writer {
public:
    // A key is never without the columns whose types `events.unknown_types: omit` leaves out.
    // Errors: table_unfit.
    enum class purpose { row, key };
    static result<row_writer> make(const table_shape& shape, const config::event_settings& events,
                                   const std::vector<std::uint32_t>& columns,
                                   purpose what = purpose::row);

    // Of an old row that is only a key, the columns outside of the replica identity are null.
    void append(text_buffer& out, pgoutput::row row, bool only_identity, workspace& space) const;

    // The value of the n-th column.
    void append_value_of(text_buffer& out, std::size_t n, pgoutput::row row,
                         workspace& space) const;

    // The members without the braces.
    void append_members(text_buffer& out, pgoutput::row row, bool only_identity,
                        workspace& space) const;

    // Columns that a reader has to be told more of, as JSON arrays of their names or empty.
    struct remarks {
        text_buffer left_out;    // of a whole row: not sent
        text_buffer json_nulls;  // the null of a json, not SQL's

        void clear() {
            left_out.clear();
            json_nulls.clear();
        }
    };

    // Only the columns whose values were sent.
    void append_known(text_buffer& out, pgoutput::row row, bool only_identity, workspace& space,
                      remarks& about) const;

    // Whether every column of this writer was sent in the row.
    bool knows(pgoutput::row row, bool only_identity) const;

    bool same(pgoutput::row a, pgoutput::row b) const;

    const std::vector<column_writer>& columns() const { return columns_; }
    bool empty() const { return columns_.empty(); }

private:
    static void append_other(text_buffer& out, const column_writer& column,
                             const pgoutput::column_value& value, workspace& space);

    std::vector<column_writer> columns_;
    bool all_in_identity_ = true;
};

}  // namespace walferry::encode
