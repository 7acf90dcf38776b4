#include "lib/observe/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace walferry::observe {
namespace {

constexpr std::size_t bar_width = 20;
constexpr std::int64_t microseconds_a_second = 1'000'000;

// Rows that are there, as far as the statistics tell; at least those that were read.
std::uint64_t expected_rows(const snapshot_facts& snapshot) {
    std::uint64_t all = 0;
    for (const auto& table : snapshot.tables) {
        all += table.done ? table.rows : std::max(table.rows, table.rows_estimated.value_or(0));
    }
    return std::max(all, snapshot.rows);
}

}  // namespace

std::string progress_line(const snapshot_facts& snapshot, unix_time now) {
    const bool shown =
        (snapshot.state == snapshot_state::running || snapshot.state == snapshot_state::paused) &&
        !snapshot.tables.empty() && snapshot.started_at;
    if (!shown) {
        return {};
    }
    const auto expected = expected_rows(snapshot);
    const auto share =
        expected == 0 ? 0.0 : static_cast<double>(snapshot.rows) / static_cast<double>(expected);
    const auto filled = static_cast<std::size_t>(share * bar_width);
    const auto done = std::ranges::count(snapshot.tables, true, &snapshot_table::done);
    const auto passed = std::max<std::int64_t>(now.microseconds - snapshot.started_at->microseconds,
                                               microseconds_a_second);
    const auto rate =
        static_cast<double>(snapshot.rows) * microseconds_a_second / static_cast<double>(passed);
    return fmt::format(
        "snapshot [{}{}] {:.0f} %  {} of about {} rows, {} of {} tables, {:.0f} rows/s",
        std::string(filled, '#'), std::string(bar_width - filled, '.'), share * 100, snapshot.rows,
        expected, done, snapshot.tables.size(), rate);
}

}  // namespace walferry::observe
