#include "tests/unit/pipeline/stage.hpp"

using namespace walferry;
using namespace walferry::test;
using pipeline::phase;

TEST_CASE("from connecting to streaming, step by step") {
    stage play;
    play.engine->start(play.now);
    auto first = play.last<pipeline::connect>();
    REQUIRE(first);
    CHECK(first->delay == 0ms);
    CHECK_FALSE(play.engine->wants_input());
    play.engine->prepared(play.server, play.slot, {}, play.now);
    CHECK_FALSE(play.last<pipeline::start_streaming>());  // where to publish is not known yet
    play.engine->sink_ready(*play.sink, play.now);
    auto from = play.last<pipeline::start_streaming>();
    REQUIRE(from);
    CHECK(from->from == lsn{500});
    CHECK_FALSE(play.engine->wants_input());
    play.engine->streaming(play.now);
    CHECK(play.engine->wants_input());
    CHECK(play.engine->state() == phase::streaming);
    CHECK(play.told_flush() == lsn{500});
}

TEST_CASE("nobody waits for topics that are opened ahead, whatever becomes of them") {
    stage play;
    change::catalog today;
    change::table_description table;
    table.id = orders_table().id;
    table.schema = "public";
    table.name = "orders";
    today.put(std::move(table));
    play.engine->start(play.now);
    play.engine->sink_ready(*play.sink, play.now);
    play.engine->take_actions();
    play.engine->prepared(play.server, play.slot, std::move(today), play.now);
    bool asked = false;
    bool starts = false;
    for (const auto& action : play.engine->take_actions()) {
        if (const auto* question = std::get_if<pipeline::open_topics>(&action)) {
            REQUIRE(question->wanted.size() == 1);
            CHECK(question->wanted.front().ahead);
            asked = true;
        }
        starts = starts || std::holds_alternative<pipeline::start_streaming>(action);
    }
    CHECK(asked);
    CHECK(starts);
    // Its answer never came; the first row asks again, in earnest.
    play.engine->streaming(play.now);
    play.transaction({600}, {610}, 1, orders_table());
    CHECK(play.sink->records.size() == 1);
}

TEST_CASE("a stream goes on where it was left, although its slot fell back") {
    stage::options chosen;
    chosen.remembered = remembered_position{7000, 1, {600}, {600}, "walferry_shop", 1};
    stage play{chosen};
    play.engine->start(play.now);
    play.engine->sink_ready(*play.sink, play.now);
    play.engine->prepared(play.server, play.slot, {}, play.now);
    CHECK(play.last<pipeline::start_streaming>()->from == lsn{600});
    play.engine->streaming(play.now);
    CHECK(play.told_flush() == lsn{600});
}

TEST_CASE("a gap ends the program; accepted, it is reported and gone over") {
    stage::options chosen;
    chosen.remembered = remembered_position{7000, 1, {400}, {400}, "walferry_shop", 1};
    SECTION("refused") {
        stage play{chosen};
        play.engine->start(play.now);
        play.engine->sink_ready(*play.sink, play.now);
        play.engine->prepared(play.server, play.slot, {}, play.now);
        auto end = play.last<pipeline::finish>();
        REQUIRE((end && end->why));
        CHECK(end->why->kind == error_kind::slot_ahead);
        CHECK(play.engine->state() == phase::finished);
    }
    SECTION("accepted") {
        chosen.accept_gap = true;
        stage play{chosen};
        play.engine->start(play.now);
        play.engine->sink_ready(*play.sink, play.now);
        play.engine->prepared(play.server, play.slot, {}, play.now);
        std::optional<pipeline::report> warning;
        std::optional<pipeline::start_streaming> started;
        for (auto& action : play.asked()) {
            if (auto* told = std::get_if<pipeline::report>(&action)) {
                warning = std::move(*told);
            } else if (auto* start = std::get_if<pipeline::start_streaming>(&action)) {
                started = *start;
            }
        }
        REQUIRE(warning);
        CHECK(warning->event == "gap_accepted");
        CHECK(warning->message.find("0/190") != std::string::npos);
        // It is published, and confirmed, before anything else is.
        CHECK_FALSE(started);
        REQUIRE(play.sink->records.size() == 1);
        const auto& told = play.sink->records.front().value;
        CHECK(told.find(R"("status":"GAP","reason":"slot_ahead")") != std::string::npos);
        CHECK(told.find(R"("from_lsn":"0/190","to_lsn":"0/1F4","tables":null)") !=
              std::string::npos);
        play.confirm(1);
        CHECK(play.last<pipeline::start_streaming>()->from == lsn{500});
        play.engine->streaming(play.now);
        CHECK(play.told_flush() == lsn{500});
        // Told once: a slot that moves under the running stream is refused all the same.
        play.lose_connection();
        play.slot.confirmed = {900};
        play.engine->prepared(play.server, play.slot, {}, play.now);
        auto end = play.last<pipeline::finish>();
        REQUIRE((end && end->why));
        CHECK(end->why->kind == error_kind::slot_ahead);
    }
}

TEST_CASE("a server that does not answer is asked again until the time for starting is over") {
    stage play;
    play.engine->start(play.now);
    play.asked();
    std::chrono::milliseconds longest{0};
    while (play.engine->state() != phase::finished) {
        auto started = play.now;
        play.engine->connection_failed({error_kind::server_unreachable, "no", {}, {}}, play.now);
        auto actions = play.asked();
        for (const auto& action : actions) {
            if (const auto* again = std::get_if<pipeline::connect>(&action)) {
                CHECK(again->delay >= longest);
                CHECK(again->delay < 1s);
                longest = again->delay;
                play.now.steady += again->delay + 1s;
            }
        }
        REQUIRE((play.now.steady > started.steady || play.engine->state() == phase::finished));
    }
    CHECK(play.now.steady - (instant{} + 24h) >= play.settings.source.startup_timeout);
}

TEST_CASE("an error that time does not heal is not retried") {
    stage play;
    play.engine->start(play.now);
    play.engine->connection_failed({error_kind::authentication_failed, "no", {}, {}}, play.now);
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::authentication_failed);
}

TEST_CASE("a slot in use is waited for as long as configured") {
    stage play;
    play.settings.source.wait_for_slot = GENERATE(true, false);
    play.engine->start(play.now);
    play.now.steady += 10min;
    play.engine->connection_failed({error_kind::slot_in_use, "busy", {}, {}}, play.now);
    CHECK(play.last<pipeline::finish>().has_value() != play.settings.source.wait_for_slot);
}

TEST_CASE("whoever waited for a slot has all its time to start when its turn comes") {
    stage play;
    play.engine->start(play.now);
    play.now.steady += 10min;
    play.engine->connection_failed({error_kind::slot_in_use, "busy", {}, {}}, play.now);
    play.engine->connection_failed({error_kind::connection_lost, "gone", {}, {}}, play.now);
    CHECK_FALSE(play.last<pipeline::finish>());
    play.now.steady += 10min;
    play.engine->connection_failed({error_kind::connection_lost, "gone", {}, {}}, play.now);
    CHECK(play.last<pipeline::finish>());
}

TEST_CASE("a stream that once flowed is reconnected for ever") {
    stage play;
    play.stream();
    for (int i = 0; i < 100; ++i) {
        play.lose_connection();
        REQUIRE(play.last<pipeline::connect>());
        play.now.steady += 1min;
    }
    CHECK(play.engine->state() == phase::reconnecting);
}

TEST_CASE("another timeline begins where the history was left, and what was published counts") {
    stage::options chosen;
    chosen.remembered = remembered_position{7000, 1, {600}, {400}, "walferry_shop", 1};
    stage play{chosen};
    play.server.timeline = 2;
    play.server.ancestors = {{1, {550}}};
    play.engine->start(play.now);
    play.engine->sink_ready(*play.sink, play.now);
    play.engine->prepared(play.server, play.slot, {}, play.now);
    CHECK(play.last<pipeline::start_streaming>()->from == lsn{550});
    play.engine->streaming(play.now);
    CHECK(play.told_flush() == lsn{550});
}

TEST_CASE("transactions wait until the standbys have them") {
    stage play;
    play.settings.source.wait_for_standbys = {"twin"};
    play.stream();
    play.feed(begin({600}));
    auto awaited = play.last<pipeline::await_standbys>();
    REQUIRE(awaited);
    CHECK(awaited->commit == lsn{600});
    CHECK_FALSE(play.engine->wants_input());
    play.engine->standbys_have({600}, play.now);  // its record begins there
    CHECK(play.last<pipeline::await_standbys>());
    CHECK_FALSE(play.engine->wants_input());
    SECTION("a new session asks again") {
        play.lose_connection();
        play.stream();
        play.feed(begin({600}));
        CHECK(play.last<pipeline::await_standbys>());
    }
    SECTION("what they have leaves") {
        play.engine->standbys_have({700}, play.now);
        CHECK(play.engine->wants_input());
        play.announce(orders_table());
        play.feed(insert(77, texts({"1", "b"})));
        play.feed(test::commit({600}, {610}));
        CHECK(play.sink->records.size() == 1);
        play.transaction({650}, {660}, 1, orders_table());
        CHECK(play.sink->records.size() == 2);
        play.feed(begin({700}));
        CHECK(play.last<pipeline::await_standbys>()->commit == lsn{700});
    }
}
