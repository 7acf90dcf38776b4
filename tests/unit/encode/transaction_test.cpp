#include "lib/encode/transaction_counter.hpp"
#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

using namespace ::test;

TEST_CASE("events are numbered in all and by table, and counted at the end") {
    config::event_settings events;
    encode::transaction_counter counter{events};
    table a{{{"id", 23, -1, true}}};
    table b{{{"id", 23, -1, true}}};
    b.relation.name = "b";
    a.global.counter = b.global.counter = &counter;
    collector marks;
    counter.begin(a.in);
    counter.give_begin(marks);
    a.insert({text("1")});
    b.insert({text("1")});
    auto third = a.insert({text("2")}).at(0).parsed()["transaction"];
    counter.give_end(marks);
    CHECK(third == json{{"id", "777:5000"}, {"total_order", 3}, {"data_collection_order", 2}});
    REQUIRE(marks.records.size() == 2);
    CHECK(marks.records[0].key == R"({"id":"777:5000"})");
    auto begin = marks.records[0].parsed();
    CHECK(begin["status"] == "BEGIN");
    CHECK(begin["event_count"].is_null());
    auto end = marks.records[1].parsed();
    CHECK(end["event_count"] == 3);
    CHECK(end["data_collections"][0] == json{{"data_collection", "public.b"}, {"event_count", 1}});
    CHECK(end["data_collections"][1] == json{{"data_collection", "public.t"}, {"event_count", 2}});
    CHECK(end["ts_ms"] == 1'600'000'000'123);
}

TEST_CASE("logical messages") {
    table t{{{"id", 23, -1, true}}};
    auto encoder = encode::make_message_encoder(t.global);
    REQUIRE(encoder);
    pgoutput::logical_message message{true, lsn{4000}, "au\"dit", std::string_view{"h\0i", 3}};
    auto made = t.base(change::operation::message);
    made.table = nullptr;
    made.message = &message;
    collector out;
    REQUIRE((*encoder)->encode(made, t.now, out));
    auto value = out.records.at(0).parsed();
    CHECK(json::parse(out.records.at(0).key.value()) == json{{"prefix", "au\"dit"}});
    CHECK(value["op"] == "m");
    CHECK(value["message"] == json{{"prefix", "au\"dit"}, {"content", "aABp"}});
    CHECK(value["source"]["table"] == "");
    CHECK(value["source"]["txId"] == 777);
    made.in = nullptr;
    REQUIRE((*encoder)->encode(made, t.now, out));
    CHECK(out.records.at(1).parsed()["source"]["txId"].is_null());
}

TEST_CASE("heartbeats") {
    table t{{{"id", 23, -1, true}}};
    encode::heartbeat_encoder heartbeat{t.global};
    auto made = heartbeat.encode(t.now.wall);
    CHECK(made.what.key == R"({"serverName":"shop"})");
    CHECK(made.what.value == R"({"ts_ms":1700000000000})");
}
