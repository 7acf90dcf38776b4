#include "lib/snapshot/memory.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using snapshot::memory;

TEST_CASE("what is remembered comes back") {
    memory one;
    one.system = 18'000'000'000'000'000'000u;
    one.timeline = 3;
    one.database = "shop";
    one.slot = "walferry_shop";
    one.from = {0x16B3748};
    one.attempt = 2;
    one.finished = GENERATE(true, false);
    one.done = {"public.a", "s.\"odd\""};
    one.written_at = {17};
    auto back = snapshot::parse_memory(to_json(one));
    REQUIRE(back);
    CHECK(to_json(*back) == to_json(one));
    CHECK(back->done == one.done);
    CHECK(back->finished == one.finished);
}

TEST_CASE("what is not understood stops") {
    for (const auto* text : {"", "{}", "[]", R"({"version":2})", R"({"version":1})",
                             R"({"version":1,"system_id":"x","from":"0/1"})"}) {
        auto found = snapshot::parse_memory(text);
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == error_kind::state_invalid);
    }
}

TEST_CASE("its key is none of a position's") {
    CHECK(snapshot::memory_key("s").find('/') == std::string::npos);
}
