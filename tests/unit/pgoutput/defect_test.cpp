// What is not a message must never be taken for one.

#include "tests/support/pgoutput_builder.hpp"
#include "tests/unit/pgoutput/decoding.hpp"
#include "tests/unit/pgoutput/samples.hpp"

#include <set>

using namespace walferry::test;
namespace pgoutput = walferry::pgoutput;
using pgoutput::defect;

namespace {

// In a block of its own when `inside`.
defect decode(std::string_view bytes, bool inside) {
    pgoutput::decoder decoder;
    pgoutput::message message;
    if (inside) {
        REQUIRE(decoder.decode(stream_start(1, true), message) == defect::none);
    }
    std::string exact{bytes};  // exactly as long, for the address sanitizer
    return decoder.decode(exact, message);
}

}  // namespace

TEST_CASE("every sample is understood as it is") {
    for (const auto& sample : samples()) {
        CAPTURE(sample.name);
        CHECK(decode(sample.bytes, false) == defect::none);
        if (sample.carries_xid) {
            CHECK(decode(in_block(9, sample.bytes), true) == defect::none);
        }
    }
}

TEST_CASE("a message that is cut anywhere is a defect") {
    for (const auto& sample : samples()) {
        CAPTURE(sample.name);
        for (std::size_t length = 0; length < sample.bytes.size(); ++length) {
            CAPTURE(length);
            REQUIRE(decode(sample.bytes.substr(0, length), false) == defect::truncated);
        }
        auto inside = in_block(9, sample.bytes);
        for (std::size_t length = 0; sample.carries_xid && length < inside.size(); ++length) {
            CAPTURE(length);
            REQUIRE(decode(inside.substr(0, length), true) == defect::truncated);
        }
    }
}

TEST_CASE("a byte too much is a defect") {
    for (const auto& sample : samples()) {
        CAPTURE(sample.name);
        // One byte more than the short abort is a long one that was cut.
        auto expected = sample.name == "stream abort" ? defect::truncated : defect::trailing_bytes;
        CHECK(decode(sample.bytes + '\0', false) == expected);
        if (sample.carries_xid) {
            CHECK(decode(in_block(9, sample.bytes) + '\0', true) == defect::trailing_bytes);
        }
    }
    CHECK(decode(stream_abort_parallel(1, 2, {3}, 4) + '\0', false) == defect::trailing_bytes);
}

TEST_CASE("an abort has 8 or 24 bytes and no other length") {
    auto whole = stream_abort_parallel(6, 7, {0x50}, 4);
    REQUIRE(whole.size() == 25);
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        CAPTURE(length);
        auto expected = length == 9 || length == 25 ? defect::none : defect::truncated;
        CHECK(decode(whole.substr(0, length), false) == expected);
    }
}

TEST_CASE("every byte that begins no message is an unknown type") {
    std::set<char> known{'E'};  // closes a block: tested with them
    for (const auto& sample : samples()) {
        known.insert(sample.bytes[0]);
    }
    CHECK(known.size() == 19);
    for (int c = 0; c < 256; ++c) {
        if (known.count(static_cast<char>(c)) == 0) {
            CAPTURE(c);
            std::string bytes(64, '\0');
            bytes[0] = static_cast<char>(c);
            CHECK(decode(bytes, false) == defect::unknown_type);
            CHECK(decode(bytes, true) == defect::unknown_type);
        }
    }
}

TEST_CASE("flags that no known version sends are a defect") {
    auto bit = GENERATE(range(0, 8));
    auto flag = static_cast<char>(1 << bit);
    CAPTURE(bit);
    auto with = [&](std::string bytes, std::size_t at) {
        bytes[at] = static_cast<char>(bytes[at] | flag);
        return decode(bytes, false);
    };
    CHECK(with(commit({1}, {2}), 1) == defect::reserved_flags);
    CHECK(with(stream_commit(1, {1}, {2}), 5) == defect::reserved_flags);
    CHECK(with(prepare({1}, {2}, 3, "g"), 1) == defect::reserved_flags);
    CHECK(with(commit_prepared({1}, {2}, 3, "g"), 1) == defect::reserved_flags);
    CHECK(with(rollback_prepared({1}, {2}, 3, "g"), 1) == defect::reserved_flags);
    CHECK(with(stream_prepare({1}, {2}, 3, "g"), 1) == defect::reserved_flags);
    CHECK(with(logical_message(false, {1}, "", ""), 1) ==
          (bit == 0 ? defect::none : defect::reserved_flags));
    CHECK(with(truncate({1}), 5) == (bit < 2 ? defect::none : defect::reserved_flags));
    CHECK(with(stream_start(1, false), 5) == (bit == 0 ? defect::none : defect::reserved_flags));
    // The first column's flags stand behind 'R', the id, "s", "t", the identity and the count.
    CHECK(with(relation({1, "s", "t", {{"c"}, {"d"}}, 'd'}), 12) ==
          (bit == 0 ? defect::none : defect::reserved_flags));
}

TEST_CASE("a count that the message is too short for is a defect, not an allocation") {
    auto bytes = truncate({1});
    bytes[1] = '\xff';
    CHECK(decode(bytes, false) == defect::truncated);
    auto text = logical_message(false, {1}, "", "abc");
    text[11] = '\xff';
    CHECK(decode(text, false) == defect::truncated);
}

TEST_CASE("every defect is described differently") {
    std::set<std::string_view> texts;
    for (auto what : {defect::none, defect::unknown_type, defect::truncated, defect::trailing_bytes,
                      defect::reserved_flags, defect::bad_row, defect::bad_block}) {
        CHECK(texts.insert(describe(what)).second);
    }
}
