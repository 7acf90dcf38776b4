#include "lib/snapshot/incremental_memory.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::snapshot;

TEST_CASE("what is stored of incremental snapshots is read again as it was") {
    incremental_memory stored;
    stored.system = 18446744073709551615ull;
    stored.timeline = 3;
    stored.slot = "s";
    stored.heard = {{0x1'0000'0010}, 7};
    stored.paused = true;
    table_progress reading;
    reading.table = "public.\"orders\"";
    reading.where = "a = 'ü'";
    reading.rows = 5;
    reading.rows_estimated = 9;
    reading.key = {"a", "b"};
    reading.after = key_values{"1", "x\ty"};
    reading.until = key_values{"7", ""};
    reading.asked_at = {11};
    reading.begun_at = unix_time{12};
    stored.tables = {reading, {}};
    stored.ended.push_back({"public.t", table_outcome::failed, 4, "why", {13}});
    const auto json = to_json(stored);
    const auto found = parse_incremental(json);
    REQUIRE(found);
    CHECK(to_json(*found) == json);
    CHECK(found->tables[0].after == reading.after);
    CHECK_FALSE(found->tables[1].after);
    CHECK(found->heard == stored.heard);
    CHECK(found->system == stored.system);
}

TEST_CASE("a record that is not understood is an error, not an empty memory") {
    for (const auto* text : {"", "{}", R"({"version": 2})", R"({"version": 1})"}) {
        const auto found = parse_incremental(text);
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == error_kind::state_invalid);
    }
}
