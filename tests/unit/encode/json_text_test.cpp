#include "lib/encode/json_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>

using namespace walferry;

namespace {

std::string back(std::string_view text) {
    return nlohmann::json::parse(encode::json_of(text)).get<std::string>();
}

}  // namespace

TEST_CASE("every code point survives") {
    for (std::string_view text : {"", "plain", "quote \" back \\ slash /", "\b\f\n\r\t\x01\x1f\x7f",
                                  "äöü €", "日本語", "\xf4\x8f\xbf\xbf", "\xe2\x80\xa8"}) {
        CHECK(back(text) == text);
    }
    for (std::size_t length = 0; length < 40; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            std::string text(length, 'x');
            text[at] = '"';
            CHECK(back(text) == text);
            text[at] = '\n';
            CHECK(back(text) == text);
        }
    }
}

TEST_CASE("what is not UTF-8 becomes U+FFFD and the rest stays") {
    CHECK(back("a\xff"
               "b") ==
          "a\xef\xbf\xbd"
          "b");
    CHECK(back("\xc3") == "\xef\xbf\xbd");
    CHECK(back("\xed\xa0\x80x") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx");
    CHECK(back("\xc0\x80") == "\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(back("\xf4\x90\x80\x80").size() == 12);
}

TEST_CASE("random bytes always make valid JSON") {
    std::mt19937 random{42};
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 24, ' ');
        for (auto& c : text) {
            c = static_cast<char>(random());
        }
        REQUIRE_NOTHROW(back(text));
        REQUIRE((!encode::is_plain(text) || encode::json_of(text) == '"' + text + '"'));
    }
}

TEST_CASE("base64") {
    auto of = [](std::string_view bytes, encode::base64_alphabet alphabet) {
        text_buffer out;
        encode::append_base64(out, bytes, alphabet);
        return std::string{out.view()};
    };
    CHECK(of("", encode::base64_alphabet::standard).empty());
    CHECK(of("a", encode::base64_alphabet::standard) == "YQ==");
    CHECK(of("ab", encode::base64_alphabet::standard) == "YWI=");
    CHECK(of("abc", encode::base64_alphabet::standard) == "YWJj");
    CHECK(of("\xfb\xef\xbe", encode::base64_alphabet::standard) == "++++");
    CHECK(of("\xfb\xef\xbe", encode::base64_alphabet::url_safe) == "----");
}

TEST_CASE("numbers as base64 are those of their bytes") {
    auto check = [](std::int64_t value) {
        std::string bytes;
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes += static_cast<char>(value >> shift);
        }
        while (bytes.size() > 1 && (bytes[0] == 0 || bytes[0] == '\xff') &&
               ((bytes[0] ^ bytes[1]) & 0x80) == 0) {
            bytes.erase(0, 1);
        }
        text_buffer expected;
        encode::append_base64(expected, bytes);
        text_buffer made;
        encode::append_base64(made, value);
        REQUIRE(made.view() == expected.view());
    };
    for (int bits = 0; bits < 63; ++bits) {
        for (std::int64_t delta = -2; delta <= 2; ++delta) {
            auto value = (std::int64_t{1} << bits) + delta;
            check(value);
            check(-value);
        }
    }
}
