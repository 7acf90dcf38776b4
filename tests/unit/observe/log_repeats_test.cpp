#include "lib/observe/log_repeats.hpp"

#include <catch2/catch.hpp>

namespace walferry::observe {
namespace {

constexpr instant start{};

std::vector<log_repeats::remainder> expired(log_repeats& repeats, instant now) {
    std::vector<log_repeats::remainder> found;
    repeats.expire(now, [&](const auto& rest) { found.push_back(rest); });
    return found;
}

}  // namespace

TEST_CASE("one of equal lines passes per interval and says how many were held back") {
    log_repeats repeats;
    const log_line line{.event = "e"};
    CHECK(repeats.pass(line, start) == 0);
    CHECK_FALSE(repeats.pass(line, start + std::chrono::seconds{1}));
    CHECK_FALSE(repeats.pass(line, start + std::chrono::seconds{9}));
    CHECK(repeats.pass(line, start + std::chrono::seconds{10}) == 2);
    CHECK_FALSE(repeats.pass(line, start + std::chrono::seconds{11}));
}

TEST_CASE("lines that differ in event, table, topic, kind or key are no repeats") {
    log_repeats repeats;
    CHECK(repeats.pass({.event = "e"}, start));
    CHECK(repeats.pass({.event = "f"}, start));
    CHECK(repeats.pass({.event = "e", .table = "t"}, start));
    CHECK(repeats.pass({.event = "e", .topic = "t"}, start));
    CHECK(repeats.pass({.event = "e", .kind = error_kind::slot_lost}, start));
    CHECK(repeats.pass({.event = "e", .key = "k"}, start));
    CHECK_FALSE(repeats.pass({.event = "e", .message = "another text"}, start));
}

TEST_CASE("what was held back of an event that stopped is reported once") {
    log_repeats repeats;
    repeats.pass({.level = log_level::warning, .event = "e"}, start);
    repeats.pass({.event = "e"}, start);
    repeats.pass({.event = "silent"}, start);
    CHECK(expired(repeats, start + std::chrono::seconds{9}).empty());
    const auto found = expired(repeats, start + std::chrono::seconds{10});
    REQUIRE(found.size() == 1);
    CHECK(found[0].event == "e");
    CHECK(found[0].count == 1);
    CHECK(found[0].level == log_level::warning);
    CHECK(expired(repeats, start + std::chrono::seconds{30}).empty());
}

TEST_CASE("a flood of different keys takes bounded memory and shares one limit") {
    log_repeats repeats;
    std::size_t passed = 0;
    for (std::size_t i = 0; i < 5 * log_repeats::keys_max; ++i) {
        passed += repeats.pass({.event = "e", .key = std::to_string(i)}, start).has_value();
    }
    CHECK(passed == log_repeats::keys_max + 1);
}

}  // namespace walferry::observe
