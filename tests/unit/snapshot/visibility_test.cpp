#include "lib/snapshot/visibility.hpp"

#include <catch2/catch.hpp>

using walferry::snapshot::visibility;

TEST_CASE("a snapshot sees what ended before it was taken") {
    const auto seen = visibility::parse("100:110:100,105");
    REQUIRE(seen);
    CHECK(seen->sees(99));
    CHECK_FALSE(seen->sees(100));
    CHECK(seen->sees(101));
    CHECK_FALSE(seen->sees(105));
    CHECK(seen->sees(109));
    CHECK_FALSE(seen->sees(110));
    CHECK_FALSE(seen->sees(4000));
    CHECK(visibility::parse("7:7:")->sees(6));
    CHECK_FALSE(visibility::parse("7:7:")->sees(7));
}

TEST_CASE("transaction numbers of the stream lack the epoch of the snapshot's") {
    // 2^32 + 5 has not begun; 2^32 + 2 runs; 2^32 - 3 of the epoch before ended.
    const auto seen = visibility::parse("4294967298:4294967301:4294967298");
    REQUIRE(seen);
    CHECK_FALSE(seen->sees(2));
    CHECK(seen->sees(3));
    CHECK_FALSE(seen->sees(5));
    CHECK(seen->sees(4294967293u));
}

TEST_CASE("what is no snapshot is not read as one") {
    for (const auto* text : {"", "1", "1:2", "a:b:", "1:2:x", "1:2:3:4"}) {
        CHECK_FALSE(visibility::parse(text));
    }
}
