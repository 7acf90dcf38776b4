// Whatever a value holds, what is published is UTF-8 and JSON: nlohmann's parser refuses all else,
// half surrogate pairs included.
#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <random>

using namespace ::test;
using change::operation;
using pgoutput::old_row;

namespace {

// One of each family: booleans, numbers, texts, bits, times, containers, and types not known.
constexpr std::array<change::oid, 44> every_type{
    16,   17,   18,   19,   20,   21,   22,   23,   25,   26,   30,   114,  142,  600,  700,
    701,  790,  869,  1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1560, 1562, 1700, 2950,
    3614, 3802, 3904, 3910, 1000, 1005, 1007, 1009, 1115, 1231, 3807, 9001, 9002, 7777};

const std::vector<std::string> nasty{
    "",
    "\x01\x02\x1f\x7f",
    "\"\\/\b\f\n\r\t",
    "\xff\xfe",
    "\xed\xa0\x80 half a pair",
    "\xf0\x9f\x98\x80\xf0\x9f",
    "\xe2\x80\xa8\xe2\x80\xa9",
    "{\"a\": \"\\ud800\"}",
    "\"\\udc00\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\\\\ude00\"",
    "{\"a\":\n[1,\t2]}",
    "{\"a\": \"\xff\"}",
    "NaN",
    "-Infinity",
    "infinity",
    "1e308",
    "-0",
    "99999999999999999999999999999999999999",
    "9223372036854775808",
    "1.7976931348623157e+308",
    "4e-320",
    "0.00000000000000000000000000000000000000001",
    "(1e300,-NaN)",
    "{1,NULL,\"a\\\"b\"}",
    "{{\"\xff\"},{\"\\\\\"}}",
    "[0:1]={1,2}",
    "{NaN,Infinity}",
    "\"k\"=>\"\xc3\", \"a\\\"\"=>NULL",
    "\\x00ff",
    "\\xzz",
    "0044-03-15 BC",
    "294276-12-31 23:59:59.999999",
    "24:00:00+15:59:59",
    "-178000000 years",
    "<a>\xc0\xaf</a>",
    "10101",
};

std::vector<config::event_settings> settings() {
    using namespace config;
    std::vector<event_settings> made(8);
    made[1].format = event_format::plain;
    made[2].format = event_format::cloudevents;
    made[3].encoding = event_encoding::json_schema;
    made[4].flatten.enabled = true;
    made[4].flatten.add_fields = {"op", "sequence"};
    made[5].decimal = decimal_mode::string;
    made[5].time = time_mode::isostring;
    made[5].interval = interval_mode::string;
    made[5].binary = binary_mode::hex;
    made[5].hstore = hstore_mode::map;
    made[6].decimal = decimal_mode::double_precision;
    made[6].time = time_mode::nanoseconds;
    made[6].unknown = unknown_types::bytes;
    made[7].time = time_mode::connect;
    made[7].binary = binary_mode::base64_url_safe;
    return made;
}

void add_extensions(change::catalog& types) {
    types.put({9001, "public", "hstore", 'b', 0, 0, -1, 0, ',', {}, {}});
    types.put({9002, "public", "m\xff\"d", 'e', 0, 0, -1, 0, ',', {"a\"", "\xff"}, {}});
}

table one_column(change::oid type, const config::event_settings& events) {
    table t{{{"id", 25, -1, true}, {"v\xff\"", type, -1, false}}};
    t.events = events;
    t.relation.name = "t\xff\"";
    add_extensions(t.types);
    return t;
}

// Format plain copies json, which PostgreSQL has checked: other texts cannot come.
bool can_come(change::oid type, const config::event_settings& events, std::string_view value) {
    bool is_json = type == 114 || type == 3802 || type == 3807;
    return !is_json || events.format != config::event_format::plain ||
           (type != 3807 && (value.starts_with("{\"a") || value.starts_with("\"\\u")));
}

void check(const std::vector<taken>& records) {
    for (const auto& record : records) {
        if (record.key) {
            CHECK(json::accept(*record.key));
        }
        if (record.value) {
            CHECK(json::accept(*record.value));
        }
    }
}

void publish(table& t, pgoutput::column_value key, pgoutput::column_value value) {
    check(t.insert({key, value}));
    std::vector<pgoutput::column_value> before{text("before"), value};
    std::vector<pgoutput::column_value> after{key, value};
    auto moved = t.base(operation::update);
    moved.before_kind = old_row::full;
    moved.before = before;
    moved.after = after;
    auto records = t.encode(moved);
    REQUIRE(records);
    check(*records);
}

}  // namespace

TEST_CASE("every type in every format is JSON, whatever its text is") {
    for (const auto& events : settings()) {
        for (auto type : every_type) {
            auto t = one_column(type, events);
            for (const auto& value : nasty) {
                INFO("type " << type << ", text " << value);
                if (can_come(type, events, value)) {
                    publish(t, text(value), text(value));
                }
            }
        }
    }
}

TEST_CASE("every type is JSON, whatever its binary form is") {
    std::mt19937 random{1};
    for (const auto& events : settings()) {
        for (auto type : every_type) {
            auto t = one_column(type, events);
            for (int round = 0; round < 40; ++round) {
                std::string bytes(random() % 24, '\0');
                for (char& c : bytes) {
                    c = static_cast<char>(random() % 3 == 0 ? 0 : random());
                }
                INFO("type " << type << ", " << bytes.size() << " bytes");
                if (can_come(type, events, {})) {
                    publish(t, text("k"), binary(bytes));
                }
            }
        }
    }
}

TEST_CASE("json with half a surrogate pair is text in format plain") {
    config::event_settings events;
    events.format = config::event_format::plain;
    auto t = one_column(114, events);
    CHECK(t.insert({text("1"), text("\"\\ud800\"")}).at(0).parsed()["row"].back() == "\"\\ud800\"");
    CHECK(t.insert({text("1"), text("\"\\ud83d\\ude00\"")}).at(0).parsed()["row"].back() == "😀");
}
