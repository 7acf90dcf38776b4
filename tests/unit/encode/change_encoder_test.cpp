#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

using namespace ::test;
using change::operation;
using pgoutput::old_row;

namespace {

table two_columns() {
    return table{{{"id", 23, -1, true}, {"v", 25, -1, false}}};
}

}  // namespace

TEST_CASE("an insert has Debezium's envelope") {
    auto t = two_columns();
    auto records = t.insert({text("7"), text("x")});
    REQUIRE(records.size() == 1);
    CHECK(records[0].key == R"({"id":7})");
    CHECK(records[0].partition_key == records[0].key);
    CHECK(records[0].timestamp_ms == 1'600'000'000'123);
    CHECK(records[0].headers.empty());
    auto value = records[0].parsed();
    CHECK(value["before"].is_null());
    CHECK(value["after"] == json{{"id", 7}, {"v", "x"}});
    CHECK(value["op"] == "c");
    CHECK(value["transaction"].is_null());
    CHECK(value["ts_ms"] == 1'700'000'000'000);
    CHECK(value["ts_us"] == 1'700'000'000'000'001);
    CHECK(value["ts_ns"] == 1'700'000'000'000'001'000);
    auto source = value["source"];
    CHECK(source["connector"] == "postgresql");
    CHECK(source["name"] == "shop");
    CHECK(source["db"] == "db");
    CHECK(source["schema"] == "public");
    CHECK(source["table"] == "t");
    CHECK(source["snapshot"] == "false");
    CHECK(source["ts_ms"] == 1'600'000'000'123);
    CHECK(source["ts_us"] == 1'600'000'000'123'456);
    CHECK(source["ts_ns"] == 1'600'000'000'123'456'000);
    CHECK(source["txId"] == 777);
    CHECK(source["lsn"] == 4000);
    CHECK(source["sequence"] == R"(["5000","4000"])");
    CHECK(source["xmin"].is_null());
    CHECK(source["origin"].is_null());
    CHECK(source["origin_lsn"].is_null());
    CHECK(source["commit_lsn"] == 5000);
    CHECK(source["tx_seq"] == 3);
}

TEST_CASE("what is made for a transaction does not stay for the next") {
    auto t = two_columns();
    t.insert({text("1"), text("x")});
    t.in.xid = 778;
    t.in.commit_lsn = lsn{6000};
    t.in.origin = "else\"where";
    t.in.origin_lsn = lsn{9};
    auto made = t.base(operation::insert);
    made.at = {lsn{6000}, 1};
    std::vector<pgoutput::column_value> row{text("1"), null()};
    made.after = row;
    auto source = t.encode(made).value().at(0).parsed()["source"];
    CHECK(source["txId"] == 778);
    CHECK(source["commit_lsn"] == 6000);
    CHECK(source["origin"] == "else\"where");
    CHECK(source["origin_lsn"] == 9);
}

TEST_CASE("a snapshot row has its mark and no transaction") {
    auto t = two_columns();
    auto made = t.base(operation::read);
    made.in = nullptr;
    made.snapshot = change::snapshot_mark::last_in_table;
    std::vector<pgoutput::column_value> row{text("1"), null()};
    made.after = row;
    auto value = t.encode(made).value().at(0).parsed();
    CHECK(value["op"] == "r");
    CHECK(value["source"]["snapshot"] == "last_in_data_collection");
    CHECK(value["source"]["txId"].is_null());
    CHECK(value["source"]["ts_ms"] == 1'700'000'000'000);
}

TEST_CASE("a delete knows its key only, and a tombstone follows") {
    auto t = two_columns();
    auto made = t.base(operation::delete_row);
    made.before_kind = old_row::key;
    std::vector<pgoutput::column_value> row{text("7"), text("not to be believed")};
    made.before = row;
    auto records = t.encode(made).value();
    REQUIRE(records.size() == 2);
    CHECK(records[0].parsed()["before"] == json{{"id", 7}, {"v", nullptr}});
    CHECK(records[0].parsed()["after"].is_null());
    CHECK_FALSE(records[1].value);
    CHECK(records[1].key == R"({"id":7})");

    t.events.tombstones = false;
    CHECK(t.encode(made).value().size() == 1);
}

TEST_CASE("a key change is a delete, a tombstone and a create") {
    auto t = two_columns();
    auto made = t.base(operation::update);
    made.before_kind = old_row::key;
    std::vector<pgoutput::column_value> before{text("1"), null()};
    std::vector<pgoutput::column_value> after{text("2"), text("x")};
    made.before = before;
    made.after = after;
    auto records = t.encode(made).value();
    REQUIRE(records.size() == 3);
    using headers = std::vector<std::pair<std::string, std::string>>;
    CHECK(records[0].key == R"({"id":1})");
    CHECK(records[0].parsed()["op"] == "d");
    CHECK(records[0].headers == headers{{"__debezium.newkey", R"({"id":2})"}});
    CHECK(records[1].key == R"({"id":1})");
    CHECK_FALSE(records[1].value);
    CHECK(records[1].headers == records[0].headers);
    CHECK(records[2].key == R"({"id":2})");
    CHECK(records[2].parsed()["op"] == "c");
    CHECK(records[2].parsed()["before"].is_null());
    CHECK(records[2].headers == headers{{"__debezium.oldkey", R"({"id":1})"}});
}

TEST_CASE("an old key that equals the new one is no key change") {
    auto t = two_columns();
    auto made = t.base(operation::update);
    made.before_kind = old_row::key;
    std::vector<pgoutput::column_value> row{text("1"), text("x")};
    made.before = row;
    made.after = row;
    auto records = t.encode(made).value();
    REQUIRE(records.size() == 1);
    CHECK(records[0].parsed()["op"] == "u");
}

TEST_CASE("a key is never invented") {
    auto t = two_columns();
    t.shape.key = {1};
    auto made = t.base(operation::delete_row);
    made.before_kind = old_row::key;
    std::vector<pgoutput::column_value> row{text("7"), null()};
    made.before = row;
    auto failed = t.encode(made);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == error_kind::not_encodable);
    CHECK(failed.error().message.find("public.t") != std::string::npos);

    auto update = t.base(operation::update);
    std::vector<pgoutput::column_value> after{text("7"), unchanged()};
    update.after = after;
    CHECK_FALSE(t.encode(update));
}

TEST_CASE("a table without key") {
    auto t = two_columns();
    t.shape.key = {};
    auto records = t.insert({text("7"), text("x")});
    CHECK_FALSE(records.at(0).key);
    CHECK(records.at(0).partition_key.empty());
}

TEST_CASE("a truncate has neither key nor rows") {
    auto t = two_columns();
    auto records = t.encode(t.base(operation::truncate)).value();
    REQUIRE(records.size() == 1);
    CHECK_FALSE(records[0].key);
    CHECK(records[0].parsed()["op"] == "t");
    CHECK(records[0].parsed()["after"].is_null());
    t.encoder.reset();
    t.events.skip = {"t"};
    CHECK(t.encode(t.base(operation::truncate)).value().empty());
}

TEST_CASE("updates that change nothing published can be left out") {
    auto t = two_columns();
    t.events.skip_unchanged = true;
    t.shape.columns = {0};
    auto made = t.base(operation::update);
    made.before_kind = old_row::full;
    std::vector<pgoutput::column_value> before{text("1"), text("x")};
    std::vector<pgoutput::column_value> after{text("1"), text("y")};
    made.before = before;
    made.after = after;
    CHECK(t.encode(made).value().empty());
}

TEST_CASE("composite keys keep the order of the key") {
    table t{{{"a", 23, -1, true}, {"b", 25, -1, true}}};
    t.shape.key = {1, 0};
    t.shape.partition_by = {0};
    auto records = t.insert({text("1"), text("x")});
    CHECK(records.at(0).key == R"({"b":"x","a":1})");
    CHECK(records.at(0).partition_key == R"({"a":1})");
}

TEST_CASE("headers on request") {
    auto t = two_columns();
    t.events.headers = {"position", "operation", "table"};
    auto records = t.insert({text("7"), text("x")});
    using headers = std::vector<std::pair<std::string, std::string>>;
    CHECK(records.at(0).headers == headers{{"walferry.position", "0/1388:3"},
                                           {"walferry.operation", "c"},
                                           {"walferry.table", "t"}});
    t.encoder.reset();
    t.events.headers = {"nonsense"};
    auto failed = t.encode(t.base(operation::truncate));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == error_kind::table_unfit);
}

TEST_CASE("two rows that swap their keys both stay") {
    table t{{{"id", 23, -1, true}, {"v", 25, -1, true}}};
    change::table_description description;
    description.primary_key = {"id"};
    description.primary_key_deferrable = true;
    t.shape.description = &description;
    t.relation.identity = change::replica_identity::full;
    auto move = [&](std::string_view from, std::string_view to, std::string_view v) {
        auto made = t.base(operation::update);
        made.before_kind = old_row::full;
        std::vector<pgoutput::column_value> before{text(from), text(v)};
        std::vector<pgoutput::column_value> after{text(to), text(v)};
        made.before = before;
        made.after = after;
        return t.encode(made).value();
    };
    CHECK(move("1", "2", "a").size() == 3);
    auto second = move("2", "1", "b");
    REQUIRE(second.size() == 1);
    CHECK(second[0].key == R"({"id":1})");
    CHECK(second[0].parsed()["op"] == "c");
    CHECK(move("2", "3", "a").size() == 3);
}

TEST_CASE("columns that an update did not send are named beside the row") {
    table t{{{"id", 23, -1, true}, {"n\"", 1007, -1, false}, {"v", 25, -1, false}}};
    auto update = t.base(operation::update);
    std::vector<pgoutput::column_value> row{
        text("7"), {pgoutput::value_kind::unchanged, {}}, text("x")};
    update.after = row;
    auto records = t.encode(update).value();
    REQUIRE(records.size() == 1);
    using headers = decltype(records[0].headers);
    const headers named{{"walferry.unchanged", R"(["n\""])"}};
    CHECK(records[0].headers == named);

    std::vector<pgoutput::column_value> old{text("6"), null(), null()};
    update.before = old;
    update.before_kind = old_row::key;
    records = t.encode(update).value();
    REQUIRE(records.size() == 3);
    CHECK(records[0].headers.size() == 1);  // __debezium.newkey
    CHECK(records[1].headers.size() == 1);
    REQUIRE(records[2].headers.size() == 2);
    CHECK(records[2].headers[1] == named[0]);

    CHECK(t.insert({text("8"), null(), text("y")}).at(0).headers.empty());
    update.before_kind = old_row::none;
    row[1] = text("{1}");
    CHECK(t.encode(update).value().at(0).headers.empty());
}
