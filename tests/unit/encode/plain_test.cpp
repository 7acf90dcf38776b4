#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

using namespace ::test;
using change::operation;
using pgoutput::old_row;

namespace {

table plain_table() {
    table t{{{"id", 20, -1, true}, {"v", 25, -1, false}, {"big", 25, -1, false}}};
    t.events.format = config::event_format::plain;
    return t;
}

json plain(change::oid type, std::string_view of) {
    config::event_settings events;
    events.format = config::event_format::plain;
    table one{{{"id", 23, -1, true}, {"v", type, -1, false}}};
    one.events = events;
    return one.insert({text("1"), text(of)}).at(0).parsed()["row"]["v"];
}

}  // namespace

TEST_CASE("plain events say what happened and nothing else") {
    auto t = plain_table();
    auto records = t.insert({text("9007199254740993"), null(), text("x")});
    CHECK(records.at(0).parsed() ==
          json{{"op", "insert"},
               {"position", "0/1388:3"},
               {"commit_time", "2020-09-13T12:26:40.123456Z"},
               {"xid", 777},
               {"schema", "public"},
               {"table", "t"},
               {"key", {{"id", "9007199254740993"}}},
               {"row", {{"id", "9007199254740993"}, {"v", nullptr}, {"big", "x"}}}});
}

TEST_CASE("plain updates name what PostgreSQL did not send") {
    auto t = plain_table();
    auto made = t.base(operation::update);
    std::vector<pgoutput::column_value> after{text("1"), text("x"), unchanged()};
    made.after = after;
    auto value = t.encode(made).value().at(0).parsed();
    CHECK(value["row"] == json{{"id", "1"}, {"v", "x"}});
    CHECK(value["unchanged"] == json{"big"});
    CHECK_FALSE(value.contains("old"));
}

TEST_CASE("a plain key change is a tombstone and one update") {
    auto t = plain_table();
    auto made = t.base(operation::update);
    made.before_kind = old_row::key;
    std::vector<pgoutput::column_value> before{text("1"), null(), null()};
    std::vector<pgoutput::column_value> after{text("2"), text("x"), text("y")};
    made.before = before;
    made.after = after;
    auto records = t.encode(made).value();
    REQUIRE(records.size() == 2);
    CHECK(records[0].key == R"({"id":"1"})");
    CHECK_FALSE(records[0].value);
    auto value = records[1].parsed();
    CHECK(value["op"] == "update");
    CHECK(value["key"] == json{{"id", "2"}});
    CHECK(value["old"] == json{{"id", "1"}});
}

TEST_CASE("plain deletes hold what is known of the row") {
    auto t = plain_table();
    auto made = t.base(operation::delete_row);
    made.before_kind = old_row::key;
    std::vector<pgoutput::column_value> before{text("1"), null(), null()};
    made.before = before;
    auto records = t.encode(made).value();
    REQUIRE(records.size() == 2);
    CHECK(records[0].parsed()["old"] == json{{"id", "1"}});
    CHECK_FALSE(records[0].parsed().contains("row"));
}

TEST_CASE("plain values") {
    CHECK(plain(16, "t") == true);
    CHECK(plain(23, "-7") == -7);
    CHECK(plain(20, "-7") == "-7");
    CHECK(plain(701, "1e+20") == 1e20);
    CHECK(plain(701, "NaN") == "NaN");
    CHECK(plain(1700, "1.500") == "1.500");
    CHECK(plain(790, "-$1,234.50") == "-1234.50");
    CHECK(plain(114, "{\n\"a\": [1.5, \"x\"]}") == json{{"a", {1.5, "x"}}});
    CHECK(plain(1082, "0044-03-15 BC") == "-0043-03-15");
    CHECK(plain(1082, "infinity") == "infinity");
    CHECK(plain(1083, "24:00:00") == "24:00:00");
    CHECK(plain(1114, "2024-02-03 04:05:06.789") == "2024-02-03T04:05:06.789");
    CHECK(plain(1184, "2024-02-03 04:05:06+00") == "2024-02-03T04:05:06Z");
    CHECK(plain(1266, "04:05:06+05:30") == "04:05:06+05:30");
    CHECK(plain(1007, "{{1,NULL},{3,4}}") == json{{1, nullptr}, {3, 4}});
    CHECK(plain(1007, "{}") == json::array());
    CHECK(plain(1007, "[0:1]={5,6}") == "[0:1]={5,6}");
    CHECK(plain(3904, "[1,5)") == "[1,5)");
    CHECK(plain(1560, "0010") == "0010");
}

TEST_CASE("plain tells the null of JSON from the null of SQL") {
    table t{{{"id", 23, -1, true}, {"a", 3802, -1, false}, {"b", 114, -1, false}}};
    t.events.format = config::event_format::plain;
    auto made = t.base(operation::update);
    made.before_kind = old_row::full;
    std::vector<pgoutput::column_value> before{text("1"), null(), text(" null\n")};
    std::vector<pgoutput::column_value> after{text("1"), binary("\x01null"), null()};
    made.before = before;
    made.after = after;
    auto value = t.encode(made).value().at(0).parsed();
    CHECK(value["row"] == json{{"id", 1}, {"a", nullptr}, {"b", nullptr}});
    CHECK(value["json_null"] == json{"a"});
    CHECK(value["old_json_null"] == json{"b"});
    CHECK(plain(3807, "{\"[1, 2]\",NULL}") == json{{1, 2}, nullptr});
    CHECK(plain(3807, "{{1},{2}}") == "{{1},{2}}");
    CHECK(plain(3807, "{null,\"null\"}") == "{null,\"null\"}");
}

TEST_CASE("plain messages") {
    auto t = plain_table();
    auto encoder = encode::make_message_encoder(t.global);
    pgoutput::logical_message message{false, lsn{4000}, "p", "text"};
    change::change made;
    made.what = operation::message;
    made.at = {lsn{4000}, 0};
    made.message = &message;
    collector out;
    REQUIRE((*encoder)->encode(made, t.now, out));
    CHECK(out.records.at(0).parsed() == json{{"op", "message"},
                                             {"position", "0/FA0:0"},
                                             {"transactional", false},
                                             {"prefix", "p"},
                                             {"content", "text"}});
    message.content = "\xff";
    REQUIRE((*encoder)->encode(made, t.now, out));
    CHECK(out.records.at(1).parsed()["content_base64"] == "/w==");
}

TEST_CASE("what cannot be written is refused at the start") {
    auto t = plain_table();
    t.events.encoding = config::event_encoding::avro;
    auto made = encode::make_table_encoder(t.global, t.shape);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == error_kind::table_unfit);
}
