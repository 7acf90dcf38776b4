#include "lib/pipeline/range_plan.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace walferry::pipeline {
namespace {

constexpr std::uint64_t page = 8192;
constexpr std::uint64_t mebibyte = 1u << 20;

// Whatever they are, ranges leave nothing out, overlap nowhere and are cut at pages only.
void check_shape(const std::vector<wal_range>& ranges, lsn from, lsn flushed) {
    REQUIRE_FALSE(ranges.empty());
    CHECK(ranges.front().from == from);
    CHECK(ranges.back().to == std::min(flushed, lsn{from.value + 4096 * mebibyte}));
    lsn end = from;
    for (const auto& range : ranges) {
        CHECK(range.from == end);
        CHECK(range.from < range.to);
        CHECK((range == ranges.back() || range.to.value % page == 0));
        CHECK(range.to.value - range.from.value <= 257 * mebibyte);
        end = range.to;
    }
}

}  // namespace

TEST_CASE("ranges follow each other without a gap from wherever to wherever") {
    const std::uint64_t starts[] = {1, page, page + 20, 3 * mebibyte + 77, 0x16'0000'0018};
    const std::uint64_t lengths[] = {2 * page, 7 * mebibyte + 5, 300 * mebibyte + 8191,
                                     1900 * mebibyte, 20'000 * mebibyte};
    for (const auto start : starts) {
        for (const auto length : lengths) {
            for (const int workers : {1, 2, 3, 64}) {
                check_shape(plan_ranges({start}, {start + length}, workers), {start},
                            {start + length});
            }
        }
    }
}

TEST_CASE("each worker has as many ranges as the others") {
    for (const int workers : {1, 2, 4}) {
        for (const auto length : {std::uint64_t{200}, std::uint64_t{700}, std::uint64_t{3000}}) {
            const auto ranges = plan_ranges({page}, {page + length * mebibyte}, workers);
            CHECK(ranges.size() % static_cast<std::size_t>(workers) == 0);
        }
    }
}

TEST_CASE("ranges are of one size, within a page") {
    const auto ranges = plan_ranges({12'345}, {12'345 + 900 * mebibyte}, 2);
    REQUIRE(ranges.size() == 4);
    for (const auto& range : ranges) {
        const auto size = range.to.value - range.from.value;
        CHECK(size + 2 * page > 225 * mebibyte);
        CHECK(size < 225 * mebibyte + 2 * page);
    }
}

TEST_CASE("small backlogs are not cut into pieces that cost more than they bring") {
    CHECK(plan_ranges({page}, {page + 10 * mebibyte}, 8).size() == 1);
    CHECK(plan_ranges({page}, {page + 40 * mebibyte}, 8).size() == 2);
}

TEST_CASE("a huge backlog is left for several times") {
    const auto ranges = plan_ranges({page}, {page + 100'000 * mebibyte}, 4);
    CHECK(ranges.back().to.value < 5'000 * mebibyte);
}

TEST_CASE("where there is nothing to read there are no ranges") {
    CHECK(plan_ranges({page}, {page}, 2).empty());
    CHECK(plan_ranges({9 * page}, {3 * page}, 2).empty());
    CHECK(plan_ranges({page}, {page + 100 * mebibyte}, 0).empty());
}

}  // namespace walferry::pipeline
