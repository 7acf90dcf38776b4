#include "lib/base/byte_reader.hpp"

#include <catch2/catch.hpp>

#include <string>

using walferry::byte_reader;
using namespace std::string_literals;

namespace {

// One of each kind of read, 37 bytes in all.
const std::string everything =
    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"  // u*
    "\xff\xfe\xff\xff\xff\xfd\xff\xff\xff\xff\xff\xff\xff\xfc"      // i*
    "abc\0de\0f"s;

struct all_read {
    std::uint64_t unsigned_sum = 0;
    std::int64_t i16 = 0, i32 = 0, i64 = 0;
    std::string_view name, pair, none, rest;
};

all_read read_all(byte_reader& in) {
    all_read got;
    got.unsigned_sum = in.u8();
    got.unsigned_sum += in.u16();
    got.unsigned_sum += in.u32();
    got.unsigned_sum += in.u64();
    got.i16 = in.i16();
    got.i32 = in.i32();
    got.i64 = in.i64();
    got.name = in.c_string();
    got.pair = in.bytes(2);
    got.none = in.c_string();
    got.rest = in.bytes(1);
    return got;
}

bool inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

TEST_CASE("numbers are read in network order, texts up to their NUL") {
    byte_reader in{everything};
    auto got = read_all(in);
    CHECK_FALSE(in.failed());
    CHECK(in.at_end());
    CHECK(got.unsigned_sum == 0x01 + 0x0203 + 0x04050607 + 0x08090a0b0c0d0e0f);
    CHECK(got.i16 == -2);
    CHECK(got.i32 == -3);
    CHECK(got.i64 == -4);
    CHECK(got.name == "abc");
    CHECK(got.pair == "de");
    CHECK(got.none.empty());
    CHECK(got.rest == "f");
}

TEST_CASE("bytes cut anywhere make the reader fail, and it never leaves them") {
    for (std::size_t length = 0; length < everything.size(); ++length) {
        CAPTURE(length);
        // A copy of its own, so that the address sanitizer sees a read behind the cut.
        std::string cut = everything.substr(0, length);
        byte_reader in{cut};
        auto got = read_all(in);
        REQUIRE(in.failed());
        REQUIRE(in.at_end());
        for (auto part : {got.name, got.pair, got.none, got.rest}) {
            REQUIRE(inside(part, cut));
        }
    }
}

TEST_CASE("a failed reader stays failed, also for reads that would fit") {
    byte_reader in{"\x01\x02\x03"};
    CHECK(in.u32() == 0);
    CHECK(in.failed());
    CHECK(in.u8() == 0);
    CHECK(in.remaining() == 0);
    CHECK(in.bytes(0).empty());
    CHECK(in.failed());
}

TEST_CASE("a text without NUL is no text") {
    byte_reader in{"abc"};
    CHECK(in.c_string().empty());
    CHECK(in.failed());
}

TEST_CASE("nothing can be read of nothing but nothing") {
    byte_reader in{std::string_view{}};
    CHECK(in.at_end());
    CHECK(in.bytes(0).empty());
    CHECK(in.rest().empty());
    CHECK_FALSE(in.failed());
    in.bytes(SIZE_MAX);
    CHECK(in.failed());
}

TEST_CASE("the rest is everything that was not read") {
    byte_reader in{"abcd"};
    in.u8();
    CHECK(in.rest() == "bcd");
    CHECK(in.at_end());
    CHECK_FALSE(in.failed());
}
