#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ::test;
using change::operation;
using pgoutput::old_row;

namespace {

table cloud() {
    table t{{{"id", 23, -1, true}, {"v", 25, -1, false}}};
    t.events.format = config::event_format::cloudevents;
    return t;
}

}  // namespace

TEST_CASE("a change is a CloudEvent with the source as attributes") {
    auto t = cloud();
    auto event = t.insert({text("1"), text("x")}).at(0).parsed();
    CHECK(event["id"] == R"(name:shop;lsn:4000;txId:777;sequence:["5000","4000"])");
    CHECK(event["source"] == "/debezium/postgresql/shop");
    CHECK(event["specversion"] == "1.0");
    CHECK(event["type"] == "io.debezium.connector.postgresql.DataChangeEvent");
    CHECK(event["time"] == "2020-09-13T12:26:40.123Z");
    CHECK(event["datacontenttype"] == "application/json");
    CHECK(event["iodebeziumop"] == "c");
    CHECK(event["iodebeziumtsms"] == "1600000000123");
    CHECK(event["iodebeziumtxId"] == "777");
    CHECK(event["iodebeziumxmin"].is_null());
    CHECK(event["iodebeziumtxid"].is_null());
    CHECK(event["iodebeziumtxseq"] == "3");
    CHECK(event["iodebeziumcommitlsn"] == "5000");
    CHECK(event["data"] == json{{"before", nullptr}, {"after", {{"id", 1}, {"v", "x"}}}});
}

TEST_CASE("rows of one LSN and the halves of a key change have ids of their own, always the same") {
    auto t = cloud();
    std::vector<pgoutput::column_value> one{text("1"), text("x")};
    std::vector<pgoutput::column_value> two{text("2"), text("x")};
    auto run = [&] {
        std::vector<std::string> ids;
        auto insert = t.base(operation::insert);
        auto moved = t.base(operation::update);
        moved.before_kind = old_row::full;
        moved.before = one;
        moved.after = two;
        moved.change_lsn = lsn{4100};
        moved.at.sequence = 9;
        for (std::uint64_t sequence : {3u, 4u}) {
            insert.after = one;
            insert.at.sequence = sequence;
            ids.push_back(t.encode(insert).value().at(0).parsed()["id"]);
        }
        const auto moves = t.encode(moved).value();
        for (const auto& each : moves) {
            if (each.value) {
                ids.push_back(each.parsed()["id"]);
            }
        }
        return ids;
    };
    auto first = run();
    CHECK(std::set<std::string>(first.begin(), first.end()).size() == 4);
    CHECK(run() == first);
}

TEST_CASE("with schemas the data has one, the event has none") {
    auto t = cloud();
    t.events.encoding = config::event_encoding::json_schema;
    auto made = t.insert({text("1"), text("x")}).at(0);
    auto event = made.parsed();
    CHECK(event["specversion"] == "1.0");
    CHECK(event["data"]["schema"]["name"] == "io.debezium.connector.postgresql.Data");
    CHECK(event["data"]["payload"]["after"] == json{{"id", 1}, {"v", "x"}});
    CHECK(json::parse(*made.key).contains("schema"));
}
