// Connections and producers that fail: nothing is lost and nothing is acknowledged too early.

#include "tests/unit/pipeline/stage.hpp"

using namespace walferry;
using namespace walferry::test;
using pipeline::phase;

TEST_CASE("a failed producer is replaced and the stream replayed from the acknowledged LSN") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.confirm(1);
    play.transaction({620}, {630}, 2, orders_table());
    play.feed_frame(keepalive({700}));
    play.asked();
    play.fail_sink();
    bool replaced = false;
    bool connected = false;
    for (const auto& action : play.asked()) {
        replaced = replaced || std::holds_alternative<pipeline::replace_sink>(action);
        connected = connected || std::holds_alternative<pipeline::connect>(action);
    }
    CHECK(replaced);
    CHECK(connected);
    CHECK_FALSE(play.engine->wants_input());

    play.engine->prepared(play.server, play.slot, {}, play.now);
    CHECK_FALSE(play.last<pipeline::start_streaming>());
    play.engine->sink_ready(*play.sink, play.now);
    auto from = play.last<pipeline::start_streaming>();
    REQUIRE(from);
    CHECK(from->from == lsn{610});
    play.engine->streaming(play.now);
    CHECK(play.told_flush() == lsn{610});
    play.feed(begin({620}));
    play.feed(relation(orders_table()));  // its topic has to be opened in the new sink
    play.feed(insert(77, texts({"1", "b"})));
    play.feed(commit({620}, {630}));
    CHECK(play.sink->records.size() == 1);
    CHECK(play.told_flush() == lsn{610});
    play.confirm(1);
    CHECK(play.told_flush() == lsn{630});
}

TEST_CASE("a refused record stops the stream") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.fail_sink(error_kind::poison_record);
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::poison_record);
    CHECK(play.told_flush() == lsn{500});
}

TEST_CASE("pauses between failed producers grow, and are forgotten when one confirms") {
    stage play;
    play.stream();
    std::chrono::milliseconds before{-1};
    for (int i = 0; i < 4; ++i) {
        play.fail_sink();
        auto again = play.last<pipeline::replace_sink>();
        REQUIRE(again);
        CHECK(again->delay > before);
        before = again->delay;
    }
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.confirm(1);
    play.asked();
    play.fail_sink();
    CHECK(play.last<pipeline::replace_sink>()->delay == 0ms);
}

TEST_CASE("a connection that breaks between transactions goes on behind what was received") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.lose_connection();
    CHECK(play.engine->state() == phase::reconnecting);
    REQUIRE(play.last<pipeline::connect>());
    play.engine->prepared(play.server, play.slot, {}, play.now);
    // The producer still has the record: it is not sent for again.
    CHECK(play.last<pipeline::start_streaming>()->from == lsn{610});
    play.engine->streaming(play.now);
    CHECK(play.told_flush() == lsn{500});
    play.confirm(1);
    CHECK(play.told_flush() == lsn{610});
}

TEST_CASE("a connection that breaks in the middle of a transaction gets it again as a whole") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.feed(begin({620}));
    play.feed(insert(77, texts({"1", "b"})));
    play.lose_connection();
    play.asked();
    play.engine->prepared(play.server, play.slot, {}, play.now);
    CHECK(play.last<pipeline::start_streaming>()->from == lsn{610});
    play.engine->streaming(play.now);

    play.feed(begin({620}));
    play.feed(relation(orders_table()));
    play.feed(insert(77, texts({"1", "b"})));
    play.feed(commit({620}, {630}));
    REQUIRE(play.sink->records.size() == 3);
    play.confirm(2);  // of the first transaction, and the half of the second that was sent before
    CHECK(play.told_flush() == lsn{610});
    play.confirm(1);
    CHECK(play.told_flush() == lsn{630});
}

TEST_CASE("a row of a table that the new session did not announce is refused") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.lose_connection();
    play.stream();
    play.feed(begin({620}));
    play.feed(insert(77, texts({"1", "b"})));
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::protocol_violation);
}

TEST_CASE("a connection that breaks while a table is asked for asks again") {
    stage play;
    play.stream();
    play.feed(begin({600}));
    play.engine->received(wal_frame({}, relation(orders_table())), play.now);
    play.engine->take_actions();
    play.lose_connection();
    play.stream();
    play.engine->described({}, play.now);  // the answer to the old question arrives late
    CHECK(play.engine->wants_input());
    play.transaction({600}, {610}, 1, orders_table());
    CHECK(play.sink->records.size() == 1);
}

TEST_CASE("a server that moved back while we were away is noticed") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.lose_connection();
    play.server.flushed = {605};  // restored; 610 was published already, though not confirmed
    play.engine->prepared(play.server, play.slot, {}, play.now);
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::timeline_diverged);
}

TEST_CASE("what was stored while nobody listened is reported once this session has stored it") {
    stage::options with_state;
    with_state.keeps_state = true;
    stage play{with_state};
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.engine->state_written({500}, play.now);
    play.confirm(1);
    play.wait(1s);
    auto stored = play.last<pipeline::write_state>();
    REQUIRE(stored);
    CHECK(stored->acknowledged == lsn{610});
    play.lose_connection();
    play.engine->state_written({610}, play.now);
    play.wait(20s);
    CHECK(play.engine->acknowledgement().reported() == lsn{500});
    play.engine->prepared(play.server, play.slot, {}, play.now);
    play.engine->streaming(play.now);
    CHECK(play.told_flush() == lsn{500});
    play.engine->state_written({610}, play.now);
    play.wait(1s);
    CHECK(play.told_flush() == lsn{610});
}

TEST_CASE("a message outside of any transaction reaches no further than its end") {
    stage play;
    play.stream();
    play.feed(logical_message(false, {650}, "p", "c"), {650});
    play.asked();
    REQUIRE(play.sink->records.size() == 1);
    play.confirm(1);
    play.lose_connection();
    play.server.flushed = {650};  // nothing was written since
    play.stream();
    CHECK(play.engine->state() == phase::streaming);
    CHECK(play.told_flush() == lsn{650});
}

TEST_CASE("a silent server is asked, and given up when it does not answer") {
    stage play;
    play.stream();
    play.asked();
    play.wait(4s);
    for (const auto& action : play.asked()) {
        const auto* status = std::get_if<pipeline::send_status>(&action);
        CHECK((status == nullptr || !status->reply_requested));
    }
    play.wait(1s);
    auto question = play.last<pipeline::send_status>();
    REQUIRE(question);
    CHECK(question->reply_requested);
    CHECK(play.engine->next_deadline() > play.now.steady);
    CHECK_FALSE(play.engine->doubts_server(play.now.steady));
    for (int i = 0; i < 5; ++i) {
        REQUIRE(play.engine->is_streaming());
        play.wait(5s);
        CHECK((i == 4 || play.engine->doubts_server(play.now.steady)));
    }
    CHECK_FALSE(play.engine->is_streaming());
    CHECK(play.last<pipeline::connect>());
}

TEST_CASE("an answer ends the silence") {
    stage play;
    play.stream();
    for (int i = 0; i < 20; ++i) {
        play.wait(10s);
        play.feed_frame(keepalive({500}));
    }
    CHECK(play.engine->is_streaming());
}
