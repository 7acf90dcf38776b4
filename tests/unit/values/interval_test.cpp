#include "decoders/values/interval.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace walferry;

namespace {

std::string written(const values::interval_value& value) {
    text_buffer out;
    values::append_interval(out, value);
    return std::string{out.view()};
}

}  // namespace

TEST_CASE("interval texts are read back") {
    for (auto text : {"00:00:00", "1 year", "1 year 2 mons -3 days +04:05:06.7",
                      "-1 years -2 mons +3 days -04:05:06.78", "1 mon", "-00:00:00.000001",
                      "178000000 years", "100:00:00", "-1 days +23:00:00", "infinity", "-infinity",
                      "2562047788:00:54.775807", "-2562047788:00:54.775808", "1 day -00:00:01"}) {
        auto value = values::read_interval(text);
        REQUIRE(value);
        CHECK(written(*value) == text);
    }
}

TEST_CASE("interval parts") {
    auto value = values::read_interval("-1 years -2 mons +3 days -04:05:06.78");
    REQUIRE(value);
    CHECK(value->months == -14);
    CHECK(value->days == 3);
    CHECK(value->microseconds == -14'706'780'000);
    CHECK(values::read_interval("-2562047788:00:54.775808")->microseconds ==
          std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("what is no interval") {
    for (auto text : {"1", "year", "P1Y", "1 week", "04:05", "1 year 04:05:06 2 mons", "x:00:00",
                      "2562047788:00:54.775808", "99999999999:00:00"}) {
        CHECK_FALSE(values::read_interval(text));
    }
}
