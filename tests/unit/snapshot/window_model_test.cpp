#include "tests/unit/snapshot/incremental_model.hpp"

#include <catch2/catch.hpp>

using namespace walferry::test;

TEST_CASE("the newest position of each key, and its last event, are what the table holds") {
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        INFO("seed " << seed);
        history one{seed};
        one.run();
        REQUIRE(one.ended());
        for (int key = 0; key < keys; ++key) {
            const auto row = one.table_.find(key);
            const auto expected =
                row == one.table_.end() ? std::nullopt : std::optional{row->second};
            REQUIRE(one.topic_.newest(key) == expected);
            REQUIRE(one.topic_.last(key) == expected);
        }
    }
}
