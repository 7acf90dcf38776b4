#include "lib/publish/partition_start.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace walferry;
using publish::partition_start;

TEST_CASE("the first record leaves, what follows waits until it is confirmed") {
    partition_start start;
    CHECK(start.admits());
    CHECK_FALSE(start.has_begun());
    REQUIRE_FALSE(start.admits());
    {
        const std::string key = "k";
        const std::string value = "v";
        const std::string text = "there";
        const std::array<header, 2> headers{header{"empty", std::nullopt}, header{"full", text}};
        record what;
        what.key = key;
        what.value = value;
        what.headers = headers;
        what.timestamp_ms = 7;
        start.hold(what, 41);
    }
    REQUIRE_FALSE(start.admits());
    start.hold({}, 42);

    auto held = start.first_confirmed();
    REQUIRE(held.size() == 2);
    const auto first = held[0].view();
    CHECK(held[0].packed() == 41);
    CHECK(first.key == "k");
    CHECK(first.value == "v");
    CHECK(first.timestamp_ms == 7);
    REQUIRE(first.headers.size() == 2);
    CHECK(first.headers[0].name == "empty");
    CHECK_FALSE(first.headers[0].value);
    CHECK(first.headers[1].value == "there");
    const auto second = held[1].view();
    CHECK(held[1].packed() == 42);
    CHECK_FALSE(second.key);
    CHECK_FALSE(second.value);

    CHECK(start.has_begun());
    CHECK(start.admits());
    CHECK(start.first_confirmed().empty());
}

TEST_CASE("what waits is given up with its producer") {
    partition_start start;
    CHECK(start.admits());
    REQUIRE_FALSE(start.admits());
    start.hold({}, 1);
    CHECK(start.give_up().size() == 1);
    CHECK(start.give_up().empty());
}
