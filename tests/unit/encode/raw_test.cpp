#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace ::test;
using change::operation;

namespace {

struct raw_table : table {
    explicit raw_table(config::table_use use)
        : table{{{"id", 2950, -1, true},
                 {"stream", 25, -1, false},
                 {"version", 23, -1, false},
                 {"type", 25, -1, false},
                 {"payload", 3802, -1, false},
                 {"more", 25, -1, false}}} {
        shape.use = use;
        shape.masks.resize(6);
        route.outbox.key = "stream";
        global.route = &route;
    }

    taken first(std::string_view payload) {
        return insert({text("a0ee"), text("order-1"), text("7"), text("Paid"), text(payload),
                       text("a\"\n\xc3\xa4")})
            .at(0);
    }

    config::route_settings route;
};

std::string header_of(const taken& record, const std::string& name) {
    for (const auto& [each, value] : record.headers) {
        if (each == name) {
            return value;
        }
    }
    return "(none)";
}

}  // namespace

TEST_CASE("an event is its payload under its stream") {
    raw_table t{config::table_use::event_store};
    t.route.event_store.additional = {"more:header:x", "id:header"};
    auto record = t.first("{\"a\": 1.10}");
    CHECK(record.key == "order-1");
    CHECK(record.partition_key == "order-1");
    CHECK(record.value == "{\"a\": 1.10}");
    CHECK(record.timestamp_ms == 1'600'000'000'123);
    using headers = std::vector<std::pair<std::string, std::string>>;
    CHECK(record.headers == headers{{"walferry.position", "0/1388:3"},
                                    {"walferry.version", "7"},
                                    {"walferry.type", "Paid"},
                                    {"x", "a\"\n\xc3\xa4"},
                                    {"id", "a0ee"}});
}

TEST_CASE("history does not change") {
    raw_table t{config::table_use::event_store};
    for (auto what : {operation::update, operation::delete_row, operation::truncate}) {
        auto refused = t.encode(t.base(what));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == error_kind::history_changed);
        CHECK(refused.error().hint.find("pass_over=0/1388") != std::string::npos);
    }
    t.encoder.reset();
    t.route.event_store.pass_over = "0/1388";
    CHECK(t.encode(t.base(operation::delete_row))->empty());
}

TEST_CASE("an outbox is published as EventRouter does") {
    raw_table t{config::table_use::outbox};
    auto record = t.first("{\"a\": 1}");
    CHECK(record.key == "\"order-1\"");
    CHECK(record.value == R"("{\"a\": 1}")");
    CHECK(header_of(record, "id") == "a0ee");
    CHECK(header_of(record, "walferry.type") == "Paid");
    CHECK(t.encode(t.base(operation::delete_row))->empty());
}

TEST_CASE("an outbox can be expanded, or raw") {
    raw_table t{config::table_use::outbox};
    t.route.outbox.expand_json = true;
    t.route.outbox.additional = {"more:envelope", "version:envelope:v"};
    CHECK(t.first("{\"a\": 1.10}").value == R"({"payload":{"a": 1.10},"more":"a\"\n)"
                                            "\xc3\xa4"
                                            R"(","v":7})");
    t.encoder.reset();
    t.route.outbox = {};
    t.route.outbox.key = "stream";
    t.route.outbox.raw = true;
    CHECK(t.first("{\"a\": 1.10}").value == "{\"a\": 1.10}");
    CHECK(t.first("").value == "");
    t.encoder.reset();
    t.route.outbox.tombstone_on_empty = true;
    CHECK_FALSE(t.first("").value);
}

TEST_CASE("a column that must not be seen is not published raw") {
    config::mask_rule rule;
    for (auto use : {config::table_use::outbox, config::table_use::event_store}) {
        raw_table t{use};
        t.shape.masks[4] = &rule;
        CHECK(encode::make_table_encoder(t.global, t.shape).error().kind ==
              error_kind::table_unfit);
        raw_table filtered{use};
        filtered.shape.columns = {0, 1, 2, 3};
        CHECK(encode::make_table_encoder(filtered.global, filtered.shape).error().kind ==
              error_kind::table_unfit);
    }
}
