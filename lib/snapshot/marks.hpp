#pragma once

#include "lib/change/change.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::snapshot {

// Says of every row whether it is the first or last of its table and of the snapshot. The newest
// row of a table is kept until it is known whether another one follows, and the last row of a table
// until it is known whether it is the last of all. Pure.
class marks {
public:
    struct marked_row {
        std::uint32_t table = 0;
        std::string line;
        change::snapshot_mark mark = change::snapshot_mark::inside;
    };

    // Before the first row; tables count from 0.
    void begin(std::size_t tables);

    // What may be published now that a row of the table was read: the row that waited, if one did.
    // Of several rows read at once only the last need be given here, when all before were asked
    // for by next().
    std::optional<marked_row> follows(std::uint32_t table, std::string_view line);

    // The mark of a row of the table that another one follows at once.
    change::snapshot_mark next(std::uint32_t table);

    // The table has no more rows: the row that it, or the table that ended before it, left behind.
    std::optional<marked_row> table_ends(std::uint32_t table);

    // No table has more rows.
    std::optional<marked_row> all_end();

    // A row of another table follows: the last row of an ended table was not the last of all.
    std::optional<marked_row> release();

    // Whether a row of the table is still kept.
    bool waits(std::uint32_t table) const { return tables_[table].waits; }

    // Whether the last row of an ended table other than this is kept.
    bool holds_another(std::uint32_t table) const { return ended_ && *ended_ != table; }

private:
    struct table_rows {
        std::string waiting;
        bool waits = false;
        bool any = false;  // a row of it was marked
    };

    change::snapshot_mark last_of(std::uint32_t table);

    std::vector<table_rows> tables_;
    std::optional<std::uint32_t> ended_;  // the table whose last row waits
    bool any_ = false;
};

}  // namespace walferry::snapshot
