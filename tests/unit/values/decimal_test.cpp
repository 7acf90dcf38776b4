#include "decoders/values/decimal.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace walferry;

namespace {

std::string unscaled(std::string_view text, std::size_t zeros = 0) {
    values::unscaled_writer writer;
    auto value = values::read_decimal(text);
    REQUIRE(value);
    std::string hex;
    for (char c : writer.bytes_of(*value, zeros)) {
        constexpr char digits[] = "0123456789abcdef";
        hex += digits[(c >> 4) & 15];
        hex += digits[c & 15];
    }
    return hex;
}

std::string money(std::string_view text) {
    std::vector<char> digits;
    auto value = values::read_money(text, digits);
    REQUIRE(value);
    return std::string{value->negative ? "-" : ""} + std::string{value->whole} + "." +
           std::string{value->fraction};
}

}  // namespace

TEST_CASE("unscaled bytes are as short as can be") {
    CHECK(unscaled("0") == "00");
    CHECK(unscaled("127") == "7f");
    CHECK(unscaled("128") == "0080");
    CHECK(unscaled("-128") == "80");
    CHECK(unscaled("-129") == "ff7f");
    CHECK(unscaled("1.10") == "6e");
    CHECK(unscaled("1", 2) == "64");
    CHECK(unscaled("-0.000") == "00");
    CHECK(unscaled("123456789012345678901234567890123456789012345678901234567890") ==
          "13aaf504e4bc1e62173f87a4378c37b49c8ccff196ce3f0ad2");
    CHECK(unscaled("-12345678901234567890.12345678901234567890123456789") ==
          "ff27c00fa8a21a605644c8f45a1a5267d751c67eeb" + std::string{});
}

TEST_CASE("short and long numbers have the same bytes") {
    for (std::int64_t value = 1; value < 500'000'000'000'000'000; value = value * 3 + 1) {
        for (const char* sign : {"", "-"}) {
            auto text = sign + std::to_string(value);
            // Leading zeros force the long way.
            auto padded = sign + std::string(20, '0') + std::to_string(value);
            REQUIRE(unscaled(text) == unscaled(padded));
        }
    }
}

TEST_CASE("numbers of a fixed scale") {
    CHECK(values::read_short_decimal("1.10", 2) == 110);
    CHECK(values::read_short_decimal("-0.01", 2) == -1);
    CHECK(values::read_short_decimal("77", 0) == 77);
    for (auto text : {"1.1", "1.100", "NaN", "", "-", "1..10", "12345678901234567.89", "1x10"}) {
        CHECK_FALSE(values::read_short_decimal(text, 2));
    }
}

TEST_CASE("what is no number") {
    for (auto text : {"NaN", "Infinity", "-Infinity", "", "-", ".5", "1e5", "1.2.3", "+1"}) {
        CHECK_FALSE(values::read_decimal(text));
    }
}

TEST_CASE("money of any locale") {
    CHECK(money("$1,234.56") == "1234.56");
    CHECK(money("-$0.01") == "-0.01");
    CHECK(money("($1,234.56)") == "-1234.56");
    CHECK(money("1.234,56 €") == "1234.56");
    CHECK(money("¥1,235") == "1235.");
    CHECK(money("$92,233,720,368,547,758.07") == "92233720368547758.07");
    CHECK(money("1 234,5 kr") == "1234.5");
    CHECK(money("0.123 KD") == "0.123");
}
