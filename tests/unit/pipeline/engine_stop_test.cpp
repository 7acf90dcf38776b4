// Stopping, and positions that are stored before they are acknowledged.

#include "tests/unit/pipeline/stage.hpp"

using namespace walferry;
using namespace walferry::test;
using pipeline::phase;

namespace {

stage::options with_state() {
    stage::options chosen;
    chosen.keeps_state = true;
    return chosen;
}

}  // namespace

TEST_CASE("an idle stream stops at once, with a last word to the server") {
    stage play;
    play.stream();
    play.asked();
    play.engine->stop(play.now);
    auto actions = play.asked();
    REQUIRE(actions.size() >= 2);
    const auto* end = std::get_if<pipeline::finish>(&actions.back());
    REQUIRE(end != nullptr);
    CHECK_FALSE(end->why);
    CHECK(std::holds_alternative<pipeline::send_status>(actions[actions.size() - 2]));
}

TEST_CASE("stopping waits for the broker and acknowledges what it confirms") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 2, orders_table());
    play.asked();
    play.engine->stop(play.now);
    CHECK(play.last<pipeline::flush_sink>());
    CHECK(play.engine->state() == phase::draining);
    CHECK_FALSE(play.engine->wants_input());
    play.confirm(1);
    CHECK_FALSE(play.last<pipeline::finish>());
    play.confirm(1);
    CHECK(play.told_flush() == lsn{610});
    auto end = play.last<pipeline::finish>();
    REQUIRE(end);
    CHECK_FALSE(end->why);
}

TEST_CASE("stopping in the middle of a transaction does not wait for the rest of it") {
    stage play;
    play.stream();
    play.feed(begin({600}));
    play.announce(orders_table());
    play.feed(insert(77, texts({"1", "b"})));
    play.engine->stop(play.now);
    auto end = play.last<pipeline::finish>();
    REQUIRE(end);
    CHECK_FALSE(end->why);
    CHECK(play.told_flush() == lsn{500});
}

TEST_CASE("a broker that does not confirm is waited for no longer than configured") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.engine->stop(play.now);
    CHECK(play.engine->next_deadline() <= play.now.steady + play.settings.shutdown_timeout);
    play.wait(play.settings.shutdown_timeout - 1ms);
    CHECK_FALSE(play.last<pipeline::finish>());
    play.wait(1ms);
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::shutdown_incomplete);
    CHECK(play.told_flush() == lsn{500});
}

TEST_CASE("stopping before anything was reached ends at once") {
    stage play;
    play.engine->start(play.now);
    play.engine->stop(play.now);
    auto end = play.last<pipeline::finish>();
    REQUIRE(end);
    CHECK_FALSE(end->why);
}

TEST_CASE("a position is stored before it is acknowledged") {
    stage play{with_state()};
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.confirm(1);
    auto write = play.last<pipeline::write_state>();
    REQUIRE(write);
    CHECK(write->acknowledged == lsn{610});
    play.feed_frame(keepalive({610}, true));
    CHECK(play.told_flush() == lsn{500});
    play.engine->state_written({610}, play.now);
    CHECK(play.told_flush() == lsn{610});
}

TEST_CASE("one position is written at a time, and the newest next") {
    stage play{with_state()};
    play.stream();
    play.feed_frame(keepalive({600}));
    CHECK(play.last<pipeline::write_state>()->acknowledged == lsn{600});
    play.feed_frame(keepalive({700}));
    play.feed_frame(keepalive({800}));
    CHECK_FALSE(play.last<pipeline::write_state>());
    play.engine->state_written({600}, play.now);
    CHECK(play.told_flush() == lsn{600});
    CHECK(play.last<pipeline::write_state>()->acknowledged == lsn{800});
}

TEST_CASE("a position whose writing went down with its producer is written again") {
    stage play{with_state()};
    play.stream();
    play.feed_frame(keepalive({600}));
    REQUIRE(play.last<pipeline::write_state>());
    play.fail_sink();
    play.asked();
    play.engine->prepared(play.server, play.slot, {}, play.now);
    play.engine->sink_ready(*play.sink, play.now);
    play.engine->streaming(play.now);
    CHECK(play.last<pipeline::write_state>()->acknowledged == lsn{600});
    CHECK(play.told_flush() == lsn{500});
}

TEST_CASE("stopping waits until the last position is stored and acknowledged") {
    stage play{with_state()};
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.engine->stop(play.now);
    play.confirm(1);
    auto actions = play.asked();
    for (const auto& action : actions) {
        CHECK_FALSE(std::holds_alternative<pipeline::finish>(action));
    }
    play.engine->state_written({610}, play.now);
    CHECK(play.told_flush() == lsn{610});
    CHECK(play.last<pipeline::finish>());
}

// Known fault: finish_drained() looks at the deadline only while records are out. Take the tag away
// with it.
TEST_CASE("a state that is not stored is waited for no longer than configured") {
    stage play{with_state()};
    play.stream();
    play.feed_frame(keepalive({600}));
    play.engine->stop(play.now);
    play.wait(play.settings.shutdown_timeout);
    CHECK(play.engine->state() == phase::finished);
}
