#include "decoders/values/calendar.hpp"

#include "decoders/values/date_time.hpp"

#include <catch2/catch.hpp>

using namespace walferry;

namespace {

template <typename writer, typename value>
std::string written(writer write, value what) {
    text_buffer out;
    write(out, what);
    return std::string{out.view()};
}

}  // namespace

TEST_CASE("days and dates are each other's inverse") {
    for (std::int64_t days = -2'440'588; days < 2'145'042'905; days += 99'991) {
        auto date = values::civil_from_days(days);
        REQUIRE(values::days_since_1970(date) == days);
        REQUIRE(date.month >= 1);
        REQUIRE(date.month <= 12);
        REQUIRE(date.day >= 1);
        REQUIRE(date.day <= 31);
    }
    CHECK(values::days_since_1970({1970, 1, 1}) == 0);
    CHECK(values::days_since_1970({2000, 3, 1}) == 11017);
    CHECK(values::days_since_1970({-43, 3, 15}) == -735160);
}

TEST_CASE("date texts") {
    for (std::int32_t days = -2'451'545; days < 2'145'031'948 - 1'999'979; days += 1'999'979) {
        values::date_value value{values::extent::finite, days};
        auto read = values::read_date(written(values::append_date, value));
        REQUIRE(read);
        REQUIRE(read->days == days);
    }
    CHECK(values::read_date("infinity")->size == values::extent::infinity);
    CHECK(values::read_date("-infinity")->size == values::extent::minus_infinity);
    for (auto wrong : {"", "2020", "2020-13-01", "2020-01-01x", "20-01-01", "2020-01-01 AD"}) {
        CHECK_FALSE(values::read_date(wrong));
    }
}

TEST_CASE("time texts") {
    CHECK(values::read_time("24:00:00") == 86'400'000'000);
    CHECK(values::read_time("04:05:06.789") == 14'706'789'000);
    CHECK_FALSE(values::read_time("4:05:06"));
    CHECK_FALSE(values::read_time("04:05:06."));
    auto zoned = values::read_zoned_time("01:00:00-02:00:30");
    REQUIRE(zoned);
    CHECK(zoned->seconds_east == -7230);
    CHECK(written(values::append_zoned_time, *zoned) == "01:00:00-02:00:30");
}

TEST_CASE("timestamp texts") {
    for (std::int64_t at = -211'813'488'000'000'000;
         at < 9'223'371'331'200'000'000 - 77'777'777'777'777'777; at += 77'777'777'777'777'777) {
        values::timestamp_value value{values::extent::finite, at};
        auto plain = values::read_timestamp(written(values::append_timestamp, value));
        auto zoned = values::read_timestamp(written(values::append_timestamp_utc, value));
        REQUIRE(plain);
        REQUIRE(zoned);
        REQUIRE(plain->microseconds == at);
        REQUIRE(zoned->microseconds == at);
    }
    CHECK(values::read_timestamp("2000-01-01 01:00:00+01:30")->microseconds == -1'800'000'000);
    CHECK_FALSE(values::read_timestamp("2000-01-01T01:00:00"));
    CHECK_FALSE(values::read_timestamp("9999999-01-01 01:00:00"));
}
