#include "lib/observe/log_format.hpp"

#include "lib/observe/escape.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <limits>
#include <random>

namespace walferry::observe {
namespace {

constexpr unix_time noon{1'787'313'600'123'456};

bool is_one_line(const std::string& text) {
    return text.find_first_of("\n\r") == text.npos && text.find('\x1b') == text.npos;
}

}  // namespace

TEST_CASE("a JSON line has its keys in one order") {
    CHECK(format_line({.level = log_level::warning,
                       .event = "source_reconnecting",
                       .message = "the connection broke",
                       .slot = "s",
                       .at = lsn{0x16B3748},
                       .change = position{lsn{0x16B3748}, 12},
                       .table = "public.t",
                       .topic = "shop.public.t",
                       .kind = error_kind::connection_lost,
                       .hint = "wait",
                       .duration = std::chrono::microseconds{1500},
                       .more = {{"attempt", std::uint64_t{3}}, {"last", true}, {"of", "x"}}},
                      log_style::json, noon, 4) ==
          R"({"ts":"2026-08-21T12:00:00.123456Z","level":"warning","event":"source_reconnecting",)"
          R"("msg":"the connection broke","slot":"s","lsn":"0/16B3748","position":"0/16B3748:12",)"
          R"("table":"public.t","topic":"shop.public.t","error_kind":"connection_lost",)"
          R"("duration_ms":1.5,"attempt":3,"last":true,"of":"x","hint":"wait","suppressed":4})");
}

TEST_CASE("empty fields are left out") {
    CHECK(format_line({.event = "started", .message = "hello"}, log_style::text, noon) ==
          "2026-08-21T12:00:00.123Z INFO    started: hello");
    CHECK(format_line({.level = log_level::error, .event = "e", .message = "m", .slot = "s"},
                      log_style::journal, noon) == "<3>e: m  slot=s");
}

TEST_CASE("text values are quoted only when a reader needs it") {
    CHECK(format_line({.event = "e", .message = "m", .table = "public.\"odd name\"", .hint = "a=b"},
                      log_style::journal,
                      noon) == R"(<6>e: m  table="public.\"odd name\"" hint="a=b")");
}

TEST_CASE("colours stand around our own words only") {
    const std::string line =
        format_line({.event = "e", .message = "evil \x1b[2J"}, log_style::coloured_text, noon);
    CHECK(line.find("\x1b[2J") == line.npos);
    CHECK(line.find("\\x1b[2J") != line.npos);
}

TEST_CASE("quotes, backslashes, line ends and control characters are escaped") {
    std::string out;
    append_json_string(out, std::string_view{"a\"b\\c\nd\re\tf\0g\x1b\x7f", 15});
    CHECK(out == R"("a\"b\\c\nd\re\tf\u0000g\u001b\u007f")");
    out.clear();
    append_visible(out,
                   "a\nb\x1b[31m\xc2\x9b"
                   "31m\xff");
    CHECK(out == R"(a\nb\x1b[31m\x9b31m\xff)");
}

TEST_CASE("what is not UTF-8 becomes the replacement character") {
    const auto json = [](std::string_view text) {
        std::string out;
        append_json_string(out, text);
        return out;
    };
    CHECK(json("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80") ==
          "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
    CHECK(json("\xc3") == R"("\ufffd")");
    CHECK(json("\xc0\xaf") == R"("\ufffd\ufffd")");            // overlong
    CHECK(json("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");  // a surrogate
    CHECK(json("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
    CHECK(json("\xe2\x82") == R"("\ufffd\ufffd")");
}

TEST_CASE("whatever bytes a line holds, it is one line and one JSON object with them in it") {
    std::mt19937 random{7};
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (auto i = random() % 40; i > 0; --i) {
            bytes += static_cast<char>(random() % 3 == 0 ? random() % 256 : random() % 128);
        }
        const log_line line{.event = bytes, .message = bytes, .table = bytes, .hint = bytes};
        const std::string json = format_line(line, log_style::json, noon);
        REQUIRE(is_one_line(json));
        REQUIRE(is_one_line(format_line(line, log_style::text, noon)));
        const auto parsed = nlohmann::json::parse(json);
        const auto expected = nlohmann::json::parse(
            nlohmann::json(bytes).dump(-1, ' ', true, nlohmann::json::error_handler_t::ignore));
        REQUIRE(parsed["msg"].is_string());
        if (expected == bytes) {
            REQUIRE(parsed["msg"] == bytes);
        }
    }
}

TEST_CASE("numbers that JSON does not know are null") {
    const double odd = std::numeric_limits<double>::infinity();
    const auto parsed = nlohmann::json::parse(
        format_line({.event = "e", .message = "m", .more = {{"x", odd}}}, log_style::json, noon));
    CHECK(parsed["x"].is_null());
}

TEST_CASE("times are printed in UTC, also before 1970") {
    std::string out;
    append_utc(out, {-1}, 6);
    CHECK(out == "1969-12-31T23:59:59.999999Z");
    out.clear();
    append_utc(out, {0}, 0);
    CHECK(out == "1970-01-01T00:00:00Z");
}

TEST_CASE("the style follows the configuration, then the terminal, then the journal") {
    using config::log_format;
    CHECK(choose_style(log_format::automatic, {.terminal = true}) == log_style::coloured_text);
    CHECK(choose_style(log_format::automatic, {.terminal = true, .no_color = true}) ==
          log_style::text);
    CHECK(choose_style(log_format::automatic, {.journal = true}) == log_style::journal);
    CHECK(choose_style(log_format::automatic, {}) == log_style::json);
    CHECK(choose_style(log_format::text, {}) == log_style::text);
    CHECK(choose_style(log_format::json, {.terminal = true}) == log_style::json);
}

}  // namespace walferry::observe
