#include "lib/pipeline/range_plan.hpp"

#include <algorithm>
#include <cstdint>

namespace walferry::pipeline {
namespace {

// A cut inside of a page's header would give a record that begins behind it to both of its
// neighbours: PostgreSQL reads on until the end of a record reaches the cut. Behind the last range
// the stream goes on at the end of what was received, wherever that is.
constexpr std::uint64_t page = 8192;

constexpr std::uint64_t mebibyte = 1u << 20;

// Every range costs a reading from its slot's restart_lsn, which may lie 15 s of WAL before it.
constexpr std::uint64_t range_min = 16 * mebibyte;
constexpr std::uint64_t range_max = 256 * mebibyte;

// The slot's restart_lsn stands still until the end.
constexpr std::uint64_t all_max = 4096 * mebibyte;

std::uint64_t divided_up(std::uint64_t what, std::uint64_t by) {
    return (what + by - 1) / by;
}

// As many for each worker.
std::uint64_t number_of(std::uint64_t bytes, std::uint64_t workers) {
    const auto rounds = divided_up(bytes, workers * range_max);
    return std::clamp<std::uint64_t>(rounds * workers, 1, std::max(bytes / range_min, {1}));
}

}  // namespace

std::vector<wal_range> plan_ranges(lsn from, lsn flushed, int workers) {
    std::vector<wal_range> ranges;
    const auto end = std::min(flushed.value, from.value + all_max);
    if (workers <= 0 || end <= from.value) {
        return ranges;
    }
    const auto bytes = end - from.value;
    const auto count = number_of(bytes, static_cast<std::uint64_t>(workers));
    auto begin = from.value;
    for (std::uint64_t i = 1; i <= count; ++i) {
        const auto cut = i == count ? end : (from.value + bytes / count * i) / page * page;
        if (cut > begin) {
            ranges.push_back({{begin}, {cut}});
            begin = cut;
        }
    }
    return ranges;
}

}  // namespace walferry::pipeline
