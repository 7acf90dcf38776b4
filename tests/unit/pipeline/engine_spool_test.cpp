// Transactions that are streamed before their commit.

#include "tests/unit/pipeline/stage.hpp"

#include <string>

using namespace walferry;
using namespace walferry::test;
using pipeline::phase;
using pipeline::wanted;

namespace {

// What is in the spool leaves as far as the engine takes it.
void drain(stage& play) {
    play.asked();
    while (play.engine->wants() == wanted::spooled) {
        play.engine->take_spooled(play.now);
        play.asked();
    }
}

void feed_block(stage& play, transaction_id xid, bool first,
                const std::vector<std::pair<transaction_id, std::string>>& messages) {
    play.feed(stream_start(xid, first));
    for (const auto& [by, message] : messages) {
        play.feed(in_block(by, message), {593});
    }
    play.feed(stream_stop());
}

std::string order(int number) {
    return insert(77, texts({std::to_string(number), "b"}));
}

std::string announcement() {
    return relation(orders_table());
}

void feed_whole(stage& play) {
    play.feed(begin({600}, 5, 10));
    play.feed(announcement());
    play.feed(order(1), {593});
    play.feed(order(2), {593});
    play.feed(commit({600}, {610}, 5));
}

}  // namespace

TEST_CASE("a streamed transaction makes the records that it would have made whole") {
    stage whole;
    whole.stream();
    feed_whole(whole);
    stage streamed;
    streamed.stream();
    feed_block(streamed, 10, true, {{10, announcement()}, {11, order(1)}});
    feed_block(streamed, 10, false, {{12, order(9)}});
    streamed.feed(stream_abort(10, 12));
    feed_block(streamed, 10, false, {{10, order(2)}});
    CHECK(streamed.sink->records.empty());
    streamed.feed(stream_commit(10, {600}, {610}, 5));
    drain(streamed);
    REQUIRE(streamed.sink->records.size() == 2);
    REQUIRE(whole.sink->records.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(streamed.sink->records[i].key == whole.sink->records[i].key);
        CHECK(streamed.sink->records[i].value == whole.sink->records[i].value);
        CHECK(streamed.sink->records[i].sequence == whole.sink->records[i].sequence);
    }
    streamed.confirm(2);
    streamed.wait(1s);
    CHECK(streamed.told_flush() == lsn{610});
}

TEST_CASE("keepalives are acknowledged while streamed transactions are open") {
    stage play;
    play.stream();
    feed_block(play, 10, true, {{10, announcement()}, {10, order(1)}});
    play.feed_frame(keepalive({700}, true));
    CHECK(play.told_flush() == lsn{700});
}

TEST_CASE("no frame is taken while a committed transaction leaves the spool") {
    stage play;
    play.stream();
    feed_block(play, 10, true, {{10, announcement()}, {10, order(1)}, {10, order(2)}});
    play.engine->received(wal_frame({610}, stream_commit(10, {600}, {610})), play.now);
    CHECK_FALSE(play.engine->wants_input());
    CHECK(play.engine->wants() == wanted::spooled);
    play.sink->room = false;
    CHECK(play.engine->wants() == wanted::nothing);
    play.sink->room = true;
    drain(play);
    CHECK(play.engine->wants_input());
    CHECK(play.sink->records.size() == 2);
}

TEST_CASE("a broken connection drops what waits, and it is published once when it comes again") {
    stage play;
    play.stream();
    feed_block(play, 10, true, {{10, announcement()}, {10, order(1)}});
    play.lose_connection();
    CHECK(play.engine->spooled().empty());
    play.stream();
    feed_block(play, 10, true, {{10, announcement()}, {10, order(1)}, {10, order(2)}});
    play.feed(stream_commit(10, {600}, {610}));
    drain(play);
    CHECK(play.sink->records.size() == 2);
}

TEST_CASE("a connection that breaks in the middle of a replay is followed by the whole of it") {
    stage play;
    play.stream();
    feed_block(play, 10, true, {{10, announcement()}, {10, order(1)}, {10, order(2)}});
    play.feed(stream_commit(10, {600}, {610}));
    play.asked();
    play.engine->take_spooled(play.now);
    play.asked();
    play.engine->take_spooled(play.now);
    CHECK(play.sink->records.size() == 1);
    play.lose_connection();
    play.stream();
    feed_whole(play);
    CHECK(play.sink->records.size() == 3);
    play.confirm(3);
    play.wait(1s);
    CHECK(play.told_flush() == lsn{610});
}

TEST_CASE("what the spool cannot hold is left to the server, and nothing is lost") {
    stage play;
    play.settings.source.streaming = config::streaming_mode::on;
    play.stream();
    play.feed(stream_start(10, true));
    play.feed(in_block(10, announcement()));
    const std::string large(20u << 20, 'x');
    play.feed(in_block(10, insert(77, texts({"1", large}))));
    const auto asked = play.asked();
    const auto left = std::find_if(asked.begin(), asked.end(), [](const auto& one) {
        const auto* told = std::get_if<pipeline::report>(&one);
        return told != nullptr && told->event == "streaming_left";
    });
    CHECK(left != asked.end());
    CHECK(play.engine->state() == phase::reconnecting);
    CHECK(play.engine->spooled().empty());
    play.engine->prepared(play.server, play.slot, {}, play.now);
    const auto started = play.last<pipeline::start_streaming>();
    REQUIRE(started);
    CHECK_FALSE(started->streams);
    CHECK(started->from == lsn{500});
}

TEST_CASE("what PostgreSQL cannot decode before a commit is asked for after it") {
    stage play;
    play.settings.source.streaming = config::streaming_mode::on;
    play.stream();
    feed_block(play, 10, true, {{10, announcement()}, {10, order(1)}});
    const error why{error_kind::server_error, "could not map filenumber", {}, "XX000"};
    play.engine->connection_failed(why, play.now);
    CHECK(play.engine->state() == phase::reconnecting);
    play.stream();
    play.engine->connection_failed(why, play.now);
    CHECK(play.engine->state() == phase::finished);
}

TEST_CASE("a commit of a transaction that was never streamed stops the stream") {
    stage play;
    play.stream();
    play.engine->received(wal_frame({610}, stream_commit(10, {600}, {610})), play.now);
    CHECK(play.engine->state() == phase::finished);
}
