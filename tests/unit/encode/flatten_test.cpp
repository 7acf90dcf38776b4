#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

using namespace ::test;
using change::operation;
using config::flatten_deletes;
using pgoutput::old_row;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

table flat(flatten_deletes deletes = flatten_deletes::tombstone) {
    table t{{{"id", 23, -1, true}, {"v", 25, -1, false}}};
    t.events.flatten.enabled = true;
    t.events.flatten.deletes = deletes;
    return t;
}

std::vector<taken> delete_from(table& t) {
    auto change = t.base(operation::delete_row);
    std::vector<pgoutput::column_value> row{text("1"), null()};
    change.before_kind = old_row::key;
    change.before = row;
    return t.encode(change).value();
}

}  // namespace

TEST_CASE("the row stands alone") {
    auto t = flat();
    CHECK(t.insert({text("1"), text("x")}).at(0).value == R"({"id":1,"v":"x"})");
}

TEST_CASE("what becomes of a delete") {
    struct expectation {
        flatten_deletes how;
        std::vector<std::optional<std::string>> values;
    };
    const std::string rewritten = R"({"id":1,"v":null,"__deleted":"true"})";
    for (const auto& [how, values] : {
             expectation{flatten_deletes::drop, {}},
             expectation{flatten_deletes::tombstone, {std::nullopt}},
             expectation{flatten_deletes::delete_to_tombstone, {std::nullopt}},
             expectation{flatten_deletes::none, {std::nullopt, std::nullopt}},
             expectation{flatten_deletes::rewrite, {rewritten}},
             expectation{flatten_deletes::rewrite_with_tombstone, {rewritten, std::nullopt}},
         }) {
        auto t = flat(how);
        std::vector<std::optional<std::string>> made;
        const auto records = delete_from(t);
        for (const auto& each : records) {
            made.push_back(each.value);
            CHECK(each.key == R"({"id":1})");
        }
        CHECK(made == values);
    }
}

TEST_CASE("rows that live say so when deleted ones do") {
    auto t = flat(flatten_deletes::rewrite);
    CHECK(t.insert({text("1"), text("x")}).at(0).parsed()["__deleted"] == "false");
}

TEST_CASE("fields and headers are added in the order of the configuration") {
    auto t = flat(flatten_deletes::rewrite_with_tombstone);
    t.events.flatten.add_fields = {"op",     "source.ts_ms",  "txId", "ts_ms:written",
                                   "origin", "transaction.id"};
    t.events.flatten.add_headers = {"op", "db", "source.schema", "lsn:at"};
    auto made = t.insert({text("1"), text("x")}).at(0);
    CHECK(made.value ==
          R"({"id":1,"v":"x","__deleted":"false","__op":"c","__source_ts_ms":1600000000123,)"
          R"("__txId":777,"__written":1700000000000,"__origin":null,"__transaction_id":null})");
    CHECK(made.headers ==
          headers{{"__op", "c"}, {"__db", "db"}, {"__source_schema", "public"}, {"__at", "4000"}});
    auto deleted = delete_from(t);
    REQUIRE(deleted.size() == 2);
    CHECK(deleted[0].headers.at(0) == std::pair<std::string, std::string>{"__op", "d"});
    CHECK(deleted[1].headers == headers{{"__op", "d"}});
}

TEST_CASE("the header of a key change comes first") {
    auto t = flat();
    t.events.flatten.add_headers = {"op"};
    auto change = t.base(operation::update);
    std::vector<pgoutput::column_value> before{text("1"), null()};
    std::vector<pgoutput::column_value> after{text("2"), text("x")};
    change.before_kind = old_row::key;
    change.before = before;
    change.after = after;
    auto made = t.encode(change).value();
    REQUIRE(made.size() == 2);
    CHECK_FALSE(made[0].value.has_value());
    CHECK(made[0].headers == headers{{"__debezium.newkey", R"({"id":2})"}, {"__op", "d"}});
    CHECK(made[1].headers == headers{{"__debezium.oldkey", R"({"id":1})"}, {"__op", "c"}});
}

TEST_CASE("a truncate has no row and so no record") {
    auto t = flat();
    pgoutput::truncate all;
    auto change = t.base(operation::truncate);
    change.truncated = &all;
    CHECK(t.encode(change).value().empty());
}

TEST_CASE("the schema beside a flattened row has what was added") {
    auto t = flat(flatten_deletes::rewrite);
    t.events.encoding = config::event_encoding::json_schema;
    t.events.flatten.add_fields = {"op", "lsn", "snapshot"};
    auto schema = t.insert({text("1"), text("x")}).at(0).parsed()["schema"];
    CHECK(schema["name"] == "shop.public.t.Value");
    CHECK(schema["optional"] == false);
    std::vector<std::string> names;
    for (const auto& field : schema["fields"]) {
        names.push_back(field["field"]);
    }
    CHECK(names == std::vector<std::string>{"id", "v", "__deleted", "__op", "__lsn", "__snapshot"});
    CHECK(schema["fields"][4] == json{{"type", "int64"}, {"optional", true}, {"field", "__lsn"}});
    CHECK(schema["fields"][5]["name"] == "io.debezium.data.Enum");
    CHECK_FALSE(schema["fields"][5].contains("default"));
}

TEST_CASE("an unknown field and a name that is taken are refused") {
    auto unknown = flat();
    unknown.events.flatten.add_fields = {"nosuch"};
    auto change = unknown.base(operation::insert);
    CHECK(unknown.encode(change).error().kind == error_kind::config_invalid);
    auto taken_name = flat();
    taken_name.events.flatten.add_fields = {"op:v"};
    taken_name.events.flatten.prefix = "";
    CHECK(taken_name.encode(change).error().kind == error_kind::table_unfit);
}
