#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

using namespace ::test;
using config::decimal_mode;
using config::time_mode;

namespace {

config::event_settings with(void (*change)(config::event_settings&)) {
    config::event_settings events;
    change(events);
    return events;
}

std::int32_t numeric(int precision, int scale) {
    return ((precision << 16) | (scale & 0x7ff)) + 4;
}

json unchanged_of(change::oid type) {
    table one{{{"id", 23, -1, true}, {"v", type, -1, false}}};
    return one.insert({text("1"), unchanged()}).at(0).parsed()["after"]["v"];
}

json masked(config::mask_rule rule, change::oid type, std::int32_t modifier,
            pgoutput::column_value value) {
    table one{{{"id", 23, -1, true}, {"v", type, modifier, false}}};
    one.shape.masks = {nullptr, &rule};
    return one.insert({text("1"), value}).at(0).parsed()["after"]["v"];
}

}  // namespace

TEST_CASE("decimals") {
    CHECK(value_of(1700, numeric(10, 2), "1.10") == "bg==");
    CHECK(value_of(1700, numeric(10, 2), "-1.10") == "kg==");
    CHECK(value_of(1700, numeric(10, 2), "NaN") == "NaN");
    CHECK(value_of(1700, numeric(5, -2), "1234500") == "MDk=");
    CHECK(value_of(1700, numeric(5, -2), "1234567") == "1234567");
    CHECK(value_of(1700, -1, "1.50") == json{{"scale", 1}, {"value", "Dw=="}});
    CHECK(value_of(1700, -1, "0.00") == json{{"scale", 0}, {"value", "AA=="}});
    auto as_double = with([](auto& e) { e.decimal = decimal_mode::double_precision; });
    CHECK(value_of(1700, numeric(10, 2), "1.10", as_double) == 1.1);
    CHECK(value_of(1700, -1, std::string(400, '9'), as_double) == std::string(400, '9'));
    CHECK(value_of(790, -1, "-$1,234.56", as_double) == -1234.56);
    auto as_text = with([](auto& e) { e.decimal = decimal_mode::string; });
    CHECK(value_of(1700, -1, "1.10", as_text) == "1.10");
    CHECK(value_of(790, -1, "$1,234.50", as_text) == "1234.50");
    CHECK(value_of(790, -1, "$1.28") == "AIA=");
    CHECK(value_of(790, -1, "$1.28", with([](auto& e) { e.money_digits = 1; })) == "DQ==");
    CHECK(value_of(790, -1, "$9.99", with([](auto& e) { e.money_digits = 0; })) == "Cg==");
}

TEST_CASE("floats stay what they are") {
    CHECK(value_of(701, -1, "1") == 1.0);
    CHECK(value_of(701, -1, "1").is_number_float());
    CHECK(std::signbit(value_of(701, -1, "-0").get<double>()));
    CHECK(value_of(701, -1, "1e+20") == 1e20);
    CHECK(value_of(701, -1, "NaN") == "NaN");
    CHECK(value_of(700, -1, "-Infinity") == "-Infinity");
}

TEST_CASE("times in every mode") {
    struct expected {
        time_mode mode;
        json time;
        json timestamp;
    };
    for (const auto& each :
         {expected{time_mode::adaptive, 14711789123, 1562639337123456},
          expected{time_mode::adaptive_time_microseconds, 14711789123, 1562639337123456},
          expected{time_mode::connect, 14711789, 1562639337123},
          expected{time_mode::isostring, "04:05:11.789123Z", "2019-07-09T02:28:57.123456Z"},
          expected{time_mode::microseconds, 14711789123, 1562639337123456},
          expected{time_mode::nanoseconds, 14711789123000, 1562639337123456000}}) {
        config::event_settings events;
        events.time = each.mode;
        CHECK(value_of(1083, -1, "04:05:11.789123", events) == each.time);
        CHECK(value_of(1114, -1, "2019-07-09 02:28:57.123456", events) == each.timestamp);
        CHECK(value_of(1184, -1, "2019-07-09 02:28:57.5+00", events) ==
              "2019-07-09T02:28:57.500000Z");
    }
}

TEST_CASE("times at their limits") {
    CHECK(value_of(1082, -1, "infinity") == 2147483647);
    CHECK(value_of(1082, -1, "-infinity") == -2147483648);
    CHECK(value_of(1114, -1, "infinity") == 9223372036825200000);
    CHECK(value_of(1114, 3, "-infinity") == -9223372036832400);
    CHECK(value_of(1114, -1, "294276-12-31 23:59:59.999999") == "294276-12-31 23:59:59.999999");
    CHECK(value_of(1114, 3, "294276-12-31 23:59:59.999") == 9224318015999999);
    CHECK(value_of(1184, -1, "0044-03-15 12:00:00+00 BC") == "-0043-03-15T12:00:00.000000Z");
    CHECK(value_of(1184, 0, "12000-01-01 00:00:00+00") == "+12000-01-01T00:00:00Z");
    CHECK(value_of(1184, -1, "infinity") == "infinity");
    CHECK(value_of(1266, -1, "24:00:00+00") == "24:00:00Z");
    CHECK(value_of(1266, -1, "01:00:00+02:00:30") == "22:59:30Z");
    CHECK(value_of(1186, -1, "178000000 years") == "178000000 years");
    CHECK(value_of(1186, -1, "1 year") == 31557600000000);
}

TEST_CASE("arrays") {
    CHECK(value_of(1007, -1, "{1,NULL}") == json{1, nullptr});
    CHECK(value_of(1007, -1, "{{1},{2}}") == "{{1},{2}}");
    CHECK(value_of(1009, -1, R"({a,"b,c",NULL,""})") == json{"a", "b,c", nullptr, ""});
    CHECK(value_of(1231, -1, "{NaN,1}") == json{"NaN", json{{"scale", 0}, {"value", "AQ=="}}});
    CHECK(value_of(791, -1, "{$1.50}") == "{$1.50}");
    CHECK(value_of(30, -1, "1 2") == json{1, 2});
}

TEST_CASE("texts that are not what their type says are published as texts") {
    for (auto type : {16u, 23u, 701u, 1082u, 1083u, 1114u, 1184u, 1186u, 1266u, 1560u, 1700u, 600u,
                      1007u, 17u, 790u}) {
        CHECK(value_of(type, -1, "no \"value\"") == "no \"value\"");
        CHECK(value_of(type, -1, "") == "");
    }
}

TEST_CASE("a float that is larger than every double is a text") {
    CHECK(value_of(701, -1, "1e308") == 1e308);
    CHECK(value_of(701, -1, "1e309") == "1e309");
    CHECK(value_of(701, -1, "-1e00050101") == "-1e00050101");
    CHECK(value_of(701, -1, "5e-324") == 5e-324);
    CHECK(value_of(701, -1, std::string(400, '9')) == std::string(400, '9'));
}

TEST_CASE("a binary timestamp beyond PostgreSQL's own is a text, as its text would be") {
    const auto value_of_binary = [](change::oid type, std::string_view bytes) {
        table one{{{"id", 23, -1, true}, {"v", type, -1, false}}};
        return one.insert({text("1"), binary(bytes)}).at(0).parsed()["after"]["v"];
    };
    using namespace std::string_view_literals;
    CHECK(value_of_binary(1114, "\xfd\x0f\x7c\xc1\x41\x1f\xa0\x00"sv).is_number());
    CHECK(value_of_binary(1114, "\x91\xb7\x4a\xfc\x55\x00\x00\xeb"sv) ==
          "249826-11-30 13:15:46.326763 BC");
}

TEST_CASE("a binary value of an unknown type is shown as bytes") {
    table one{{{"id", 23, -1, true}, {"v", 99'999, -1, false}}};
    auto value = one.insert({text("1"), binary("\x01\xff")}).at(0).parsed()["after"]["v"];
    CHECK(value == "\\x01ff");
}

TEST_CASE("unchanged TOAST has Debezium's placeholders, and never null") {
    const std::string placeholder = "__debezium_unavailable_value";
    CHECK(unchanged_of(25) == placeholder);
    CHECK(unchanged_of(17) == "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==");
    CHECK(unchanged_of(1009) == json{placeholder});
    CHECK(unchanged_of(1007).size() == 28);
    CHECK(unchanged_of(1007)[0] == 95);
    CHECK(unchanged_of(1700) == placeholder);
    CHECK(unchanged_of(1231) == placeholder);
    CHECK(unchanged_of(2951).at(0).get<std::string>().size() == 36);
}

TEST_CASE("masks hide every type") {
    using kind = config::mask_rule::kind;
    config::mask_rule fixed{{}, kind::fixed, 5, {}, {}};
    CHECK(masked(fixed, 23, -1, text("7")) == "*****");
    CHECK(masked(fixed, 1007, -1, text("{7}")) == "*****");
    CHECK(masked(fixed, 25, -1, null()) == "*****");
    CHECK(masked(fixed, 25, -1, unchanged()) == "*****");
    CHECK(masked(fixed, 23, -1, binary(std::string_view{"\0\0\0\7", 4})) == "*****");
    config::mask_rule hash{{}, kind::hash, 0, "SHA-256", "CzQMA0cB5K"};
    CHECK(masked(hash, 25, -1, text("secret")) ==
          "8b41ea6bee11d6298cbf86dab70bb64aabef4ff6119d9c929ace2a16123117a5");
    CHECK(masked(hash, 1043, 14, text("tiny")) == "2583670fc2");
    CHECK(masked(hash, 25, -1, null()).is_null());
    config::mask_rule cut{{}, kind::truncate, 3, {}, {}};
    CHECK(masked(cut, 25, -1, text("äöü😀x")) == "äöü");
    CHECK(masked(cut, 25, -1, text("😀😀")) == "😀");
    CHECK(masked(cut, 23, -1, text("12345")) == "123");
    config::mask_rule unknown{{}, kind::hash, 0, "SHA-0.5", ""};
    table one{{{"id", 23, -1, true}, {"v", 25, -1, false}}};
    one.shape.masks = {nullptr, &unknown};
    auto made = encode::make_table_encoder(one.global, one.shape);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == error_kind::table_unfit);
}

TEST_CASE("unknown types as text, bytes, or not at all") {
    CHECK(value_of(3220, -1, "16/B374D848") == "16/B374D848");
    auto bytes = with([](auto& e) { e.unknown = config::unknown_types::bytes; });
    CHECK(value_of(3220, -1, "16/B374D848", bytes) == "MTYvQjM3NEQ4NDg=");
    auto omit = with([](auto& e) { e.unknown = config::unknown_types::omit; });
    CHECK(value_of(3220, -1, "16/B374D848", omit).is_null());
}

TEST_CASE("an interval of more days than fit is its text") {
    CHECK(value_of(1186, -1, "900000000 days") == "900000000 days");
    CHECK(value_of(1186, -1, "-2147483648 days") == "-2147483648 days");
    CHECK(value_of(1186, -1, "106000000 days") == 9'158'400'000'000'000'000);
}

TEST_CASE("a real number that JSON would not read is its text") {
    for (std::string text : {"0101", "-01", "1e", "1.2.3", "1e5e6", "-", ".5", "1.", "1-2", "+1"}) {
        CHECK(value_of(701, -1, text) == text);
    }
    CHECK(value_of(701, -1, "-0") == -0.0);
    CHECK(value_of(701, -1, "1e+23") == 1e23);
    CHECK(value_of(701, -1, "0.1") == 0.1);
}
