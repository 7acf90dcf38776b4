#include "lib/base/time.hpp"

#include <catch2/catch.hpp>

#include <limits>

TEST_CASE("PostgreSQL's time begins on the first of January 2000, UTC") {
    // date -u -d 2000-01-01T00:00:00Z +%s
    CHECK(walferry::from_postgres_time(0).microseconds == 946'684'800LL * 1'000'000);
    // select extract(epoch from timestamptz '2026-07-04 12:34:56.789012+00')
    CHECK(walferry::from_postgres_time(836'483'696'789'012).microseconds == 1'783'168'496'789'012);
    CHECK(walferry::from_postgres_time(-946'684'800'000'000).microseconds == 0);
}

TEST_CASE("an impossible time overflows nothing") {
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    CHECK(walferry::from_postgres_time(last).microseconds == last);
    CHECK(walferry::from_postgres_time(last - walferry::postgres_epoch_us).microseconds == last);
    CHECK(walferry::from_postgres_time(std::numeric_limits<std::int64_t>::min()).microseconds < 0);
}
