#include "lib/base/lsn.hpp"

#include "lib/base/position.hpp"

#include <catch2/catch.hpp>

#include <random>

using walferry::lsn;
using walferry::parse_lsn;
using walferry::position;

TEST_CASE("an LSN is printed as PostgreSQL prints it") {
    CHECK(to_string(lsn{}) == "0/0");
    CHECK(to_string(lsn{0x16B374D848}) == "16/B374D848");
    CHECK(to_string(lsn{0x100000001}) == "1/1");
    CHECK(to_string(lsn{0xffffffffffffffff}) == "FFFFFFFF/FFFFFFFF");
    CHECK(to_string(lsn{0xabcdef}) == "0/ABCDEF");
}

TEST_CASE("an LSN is read in either case and with leading zeros") {
    CHECK(parse_lsn("16/B374D848") == lsn{0x16B374D848});
    CHECK(parse_lsn("16/b374d848") == lsn{0x16B374D848});
    CHECK(parse_lsn("00000016/0000000A") == lsn{0x160000000A});  // PostgreSQL 19 pads
    CHECK(parse_lsn("0/0") == lsn{});
    CHECK(parse_lsn("FFFFFFFF/FFFFFFFF") == lsn{0xffffffffffffffff});
}

TEST_CASE("what is no LSN is refused") {
    auto text = GENERATE(as<std::string>{}, "", "/", "1", "1/", "/1", "1/2/3", "1//2", "g/1", "1/g",
                         " 1/2", "1/2 ", "+1/2", "-1/2", "1/-2", "0x1/2", "123456789/1",
                         "1/123456789", "000000001/1", std::string("1/2\0", 4));
    CAPTURE(text);
    CHECK(parse_lsn(text) == std::nullopt);
}

TEST_CASE("every LSN survives printing and reading") {
    std::mt19937_64 random{1};
    for (int i = 0; i < 10'000; ++i) {
        lsn at{random() >> (random() % 64)};
        REQUIRE(parse_lsn(to_string(at)) == at);
    }
}

TEST_CASE("zero is no LSN") {
    CHECK_FALSE(lsn{});
    CHECK(lsn{1});
}

TEST_CASE("positions are ordered by commit and then by ordinal, and printed with both") {
    CHECK(position{{2}, 0} > position{{1}, 99});
    CHECK(position{{2}, 1} > position{{2}, 0});
    CHECK(position{{2}, 1} == position{{2}, 1});
    CHECK(to_string(position{{0x16B3748}, 12}) == "0/16B3748:12");
}
