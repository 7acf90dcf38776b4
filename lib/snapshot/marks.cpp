#include "lib/snapshot/marks.hpp"

#include <utility>

namespace walferry::snapshot {

using change::snapshot_mark;

void marks::begin(std::size_t tables) {
    tables_.assign(tables, {});
    ended_.reset();
    any_ = false;
}

snapshot_mark marks::next(std::uint32_t table) {
    const bool first = !std::exchange(any_, true);
    const bool first_in_table = !std::exchange(tables_[table].any, true);
    return first            ? snapshot_mark::first
           : first_in_table ? snapshot_mark::first_in_table
                            : snapshot_mark::inside;
}

std::optional<marks::marked_row> marks::follows(std::uint32_t table, std::string_view line) {
    auto& rows = tables_[table];
    if (!rows.waits) {
        rows.waits = true;
        rows.waiting = line;
        return std::nullopt;
    }
    marked_row made{table, std::move(rows.waiting), next(table)};
    rows.waiting = line;
    return made;
}

snapshot_mark marks::last_of(std::uint32_t table) {
    return next(table) == snapshot_mark::first ? snapshot_mark::first
                                               : snapshot_mark::last_in_table;
}

std::optional<marks::marked_row> marks::release() {
    if (!ended_) {
        return std::nullopt;
    }
    const auto table = *std::exchange(ended_, std::nullopt);
    auto& rows = tables_[table];
    rows.waits = false;
    return marked_row{table, std::move(rows.waiting), last_of(table)};
}

std::optional<marks::marked_row> marks::table_ends(std::uint32_t table) {
    if (!tables_[table].waits) {
        return std::nullopt;
    }
    auto before = release();
    ended_ = table;
    return before;
}

std::optional<marks::marked_row> marks::all_end() {
    auto found = release();
    if (found) {
        found->mark = snapshot_mark::last;
    }
    return found;
}

}  // namespace walferry::snapshot
