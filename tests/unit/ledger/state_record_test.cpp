#include "lib/ledger/state_record.hpp"

#include <catch2/catch.hpp>

using namespace walferry;

namespace {

state_record record_at(lsn acknowledged, std::uint64_t epoch = 1) {
    state_record made;
    made.system = 7'000'000'000'000'000'001;
    made.timeline = 1;
    made.database = "shop";
    made.slot = "walferry_shop";
    made.acknowledged = acknowledged;
    made.published = acknowledged;
    made.epoch = epoch;
    return made;
}

}  // namespace

TEST_CASE("a state record comes back as it was written") {
    auto one = record_at({0x16B3748}, 3);
    one.timeline = 2;
    one.published = {0x16B3700};
    one.generation = 4;
    one.written_at = {1'700'000'000'000'001};
    const auto again = parse_state_record(to_json(one));
    REQUIRE(again);
    CHECK(again->system == one.system);
    CHECK(again->timeline == 2);
    CHECK(again->database == "shop");
    CHECK(again->slot == "walferry_shop");
    CHECK(again->acknowledged == one.acknowledged);
    CHECK(again->published == one.published);
    CHECK(again->epoch == 3);
    CHECK(again->generation == 4);
    CHECK(again->written_at.microseconds == one.written_at.microseconds);
}

TEST_CASE("a record that is not understood is an error, not nothing") {
    for (const char* text : {"", "[]", "{}", R"({"version":2})", R"({"version":1})"}) {
        auto parsed = parse_state_record(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == error_kind::state_invalid);
    }
}

TEST_CASE("the highest position counts, whoever wrote it") {
    const auto found = merge({record_at({500}, 2), record_at({700}, 1), record_at({600}, 3)});
    REQUIRE(found.position);
    CHECK(found.position->acknowledged == lsn{700});
    CHECK(found.position->elsewhere.empty());
    CHECK(found.epoch == 3);
}

TEST_CASE("what was published counts of every record") {
    auto ahead = record_at({500});
    ahead.published = {900};
    CHECK(merge({ahead, record_at({700})}).position->published == lsn{900});
}

TEST_CASE("an accepted gap makes what was known before void") {
    auto anew = record_at({300}, 2);
    anew.generation = 1;
    SECTION("a record that a paused instance writes later, too") {
        const auto found = merge({anew, record_at({500}), record_at({600}, 9)});
        REQUIRE(found.position);
        CHECK(found.position->acknowledged == lsn{300});
        CHECK(found.position->generation == 1);
        CHECK(found.epoch == 9);
    }
    SECTION("of another cluster, too") {
        anew.system = 5;
        CHECK(merge({record_at({500}, 9), anew}).position->system == 5);
    }
}

TEST_CASE("each timeline has its own highest position") {
    auto later = record_at({650}, 2);
    later.timeline = 2;
    const auto found = merge({record_at({500}), later, record_at({700})});
    REQUIRE(found.position);
    CHECK(found.position->timeline == 1);
    CHECK(found.position->acknowledged == lsn{700});
    REQUIRE(found.position->elsewhere.size() == 1);
    CHECK(found.position->elsewhere.front().timeline == 2);
    CHECK(found.position->elsewhere.front().acknowledged == lsn{650});
}

TEST_CASE("records of other slots are left out") {
    const auto found = remember({to_json(record_at({500}))}, "walferry_other");
    REQUIRE(found);
    CHECK_FALSE(found->position);
    CHECK(remember({to_json(record_at({500}))}, "walferry_shop")->position);
    CHECK_FALSE(remember({"?"}, "walferry_shop"));
}

TEST_CASE("what the publication said is remembered beside the positions") {
    publication_record early{"walferry_shop", R"({"id":7})", {0x100}, 1, {10}};
    publication_record late{"walferry_shop", R"({"id":8})", {0x200}, 2, {5}};
    publication_record other{"walferry_other", R"({"id":9})", {0x300}, 3, {20}};
    auto position = record_at({500});
    position.publication_at = {0x150};
    const auto found = remember({to_json(late), to_json(position), to_json(early), to_json(other)},
                                "walferry_shop");
    REQUIRE(found);
    CHECK(found->definition == R"({"id":8})");
    CHECK(found->publication_at == lsn{0x150});
    REQUIRE(found->position);
    CHECK(found->position->acknowledged == lsn{500});
}

TEST_CASE("a record of an earlier version counts what it acknowledged as published") {
    const auto read = parse_state_record(
        R"({"version":1,"system_id":"7","timeline":1,"database":"shop","slot":"s",
            "acknowledged":"0/100","epoch":1,"written_us":5})");
    REQUIRE(read);
    CHECK(read->published == lsn{0x100});
    CHECK(read->generation == 0);
}
