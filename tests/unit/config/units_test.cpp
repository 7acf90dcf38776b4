#include "lib/config/units.hpp"

#include <catch2/catch.hpp>

namespace walferry::config {

using namespace std::chrono_literals;

TEST_CASE("durations are a number and a unit") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("10s") == 10s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("7d") == 168h);
    CHECK(parse_duration("0") == 0ms);
    CHECK(parse_duration("0s") == 0ms);
}

TEST_CASE("what is not a duration is told so") {
    CHECK(parse_duration("10").error() == "\"10\" is not a duration like 500ms, 10s, 5m or 1h");
    for (const char* text : {"", "s", "-1s", "1.5s", "1 s", "10seconds", "1h30m"}) {
        CHECK_FALSE(parse_duration(text));
    }
    CHECK(parse_duration("10S").error() ==
          "\"10S\" is not a duration like 500ms, 10s, 5m or 1h; did you mean \"s\"?");
    CHECK(parse_duration("99999999999999999999s").error() ==
          "\"99999999999999999999s\" is too large");
    CHECK(parse_duration("9223372036854775807d").error() ==
          "\"9223372036854775807d\" is too large");
}

TEST_CASE("sizes count by 1000 and by 1024") {
    CHECK(parse_size("123") == 123u);
    CHECK(parse_size("10kB") == 10'000u);
    CHECK(parse_size("64MiB") == 64u << 20);
    CHECK(parse_size("1GiB") == 1u << 30);
    CHECK(parse_size("2GB") == 2'000'000'000u);
    CHECK(parse_size("64mb").error() ==
          "\"64mb\" is not a size like 64MiB, 10kB or 123; did you mean \"MB\"?");
    CHECK_FALSE(parse_size("-1"));
    CHECK_FALSE(parse_size("1.5MiB"));
    CHECK_FALSE(parse_size("99999999TiB"));
}

TEST_CASE("what is printed reads back") {
    CHECK(print_duration(90s) == "90s");
    CHECK(print_duration(120s) == "2m");
    CHECK(print_duration(0ms) == "0");
    CHECK(print_size(64u << 20) == "64MiB");
    CHECK(print_size(10'000) == "10kB");
    CHECK(print_size(123) == "123");
    for (const std::int64_t value : {1, 999, 1000, 60'000, 3'600'001, 86'400'000}) {
        CHECK(parse_duration(print_duration(std::chrono::milliseconds{value})) ==
              std::chrono::milliseconds{value});
        CHECK(parse_size(print_size(static_cast<std::uint64_t>(value))) ==
              static_cast<std::uint64_t>(value));
    }
}

TEST_CASE("booleans are true and false, and nothing else") {
    CHECK(parse_boolean("true") == true);
    CHECK(parse_boolean("false") == false);
    for (const char* text : {"yes", "no", "on", "True", "1", ""}) {
        CHECK_FALSE(parse_boolean(text));
    }
}

}  // namespace walferry::config
