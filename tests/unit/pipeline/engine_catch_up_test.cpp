// Messages of ranges that backends decoded, in place of the stream's frames.

#include "tests/unit/pipeline/stage.hpp"

using namespace walferry;
using namespace walferry::test;
using pipeline::phase;

namespace {

void give(stage& play, const std::string& message, lsn at = {}) {
    play.engine->message_received(at, message, play.now);
    play.asked();
}

void give_transaction(stage& play, lsn commit_at, lsn end) {
    give(play, begin(commit_at));
    give(play, relation(orders_table()));
    give(play, insert(77, texts({"1", "b"})), {commit_at.value - 7});
    give(play, commit(commit_at, end));
}

}  // namespace

TEST_CASE("a message of a range makes the record that its frame would have made") {
    stage of_stream;
    of_stream.stream();
    of_stream.feed(begin({600}));
    of_stream.announce(orders_table());
    of_stream.feed(insert(77, texts({"1", "b"})), {593});
    of_stream.feed(commit({600}, {610}));
    stage of_range;
    of_range.stream();
    give_transaction(of_range, {600}, {610});
    REQUIRE(of_range.sink->records.size() == 1);
    CHECK(of_range.sink->records[0].key == of_stream.sink->records[0].key);
    CHECK(of_range.sink->records[0].value == of_stream.sink->records[0].value);
    CHECK(of_range.sink->records[0].sequence == of_stream.sink->records[0].sequence);
}

TEST_CASE("the end of a range is acknowledged when all before it is confirmed, not sooner") {
    stage play;
    play.stream();
    give_transaction(play, {600}, {610});
    play.engine->range_received({8192}, play.now);
    play.wait(1s);
    CHECK(play.told_flush() == lsn{500});
    play.confirm(1);
    play.wait(1s);
    CHECK(play.told_flush() == lsn{8192});
}

TEST_CASE("tables are announced anew in each range without counting as changed") {
    stage play;
    play.stream();
    give_transaction(play, {600}, {610});
    const auto before = play.engine->counted().schema_changes;
    play.engine->range_received({8192}, play.now);
    give_transaction(play, {9000}, {9010});
    CHECK(play.sink->records.size() == 2);
    CHECK(play.engine->counted().schema_changes == before);
}

TEST_CASE(
    "a stream that is given up on purpose goes on behind what was received, without a pause") {
    stage play;
    play.stream();
    give_transaction(play, {600}, {610});
    play.engine->range_received({8192}, play.now);
    play.engine->connect_again(play.now);
    const auto connecting = play.last<pipeline::connect>();
    REQUIRE(connecting);
    CHECK(connecting->delay.count() == 0);
    CHECK(play.engine->state() == phase::reconnecting);
    play.engine->prepared(play.server, play.slot, {}, play.now);
    const auto started = play.last<pipeline::start_streaming>();
    REQUIRE(started);
    CHECK(started->from == lsn{8192});
}

TEST_CASE("a transaction that a range left open is read again from its beginning") {
    stage play;
    play.stream();
    give_transaction(play, {600}, {610});
    give(play, begin({700}));
    give(play, insert(77, texts({"2", "b"})));
    play.engine->connect_again(play.now);
    play.engine->prepared(play.server, play.slot, {}, play.now);
    const auto started = play.last<pipeline::start_streaming>();
    REQUIRE(started);
    CHECK(started->from == lsn{610});
    play.confirm(1);
    CHECK(play.told_flush() <= lsn{610});
}

TEST_CASE("backends that decode for long are not taken for dead") {
    stage play;
    play.stream();
    for (int second = 0; second < 120; ++second) {
        play.engine->source_lives(play.now);
        play.wait(1s);
    }
    CHECK(play.engine->is_streaming());
}

TEST_CASE("whoever is told to stop does not connect again") {
    stage play;
    play.stream();
    give_transaction(play, {600}, {610});
    play.engine->stop(play.now);
    play.asked();
    play.engine->connect_again(play.now);
    CHECK_FALSE(play.last<pipeline::connect>());
}

TEST_CASE("a message that waits for its topic is dropped by a stop, and nothing passes it") {
    stage play;
    play.stream();
    give_transaction(play, {600}, {610});
    play.engine->message_received({650}, logical_message(false, {650}, "p", "c"), play.now);
    CHECK_FALSE(play.engine->wants_input());
    play.engine->stop(play.now);
    play.asked();  // its topic is there now
    CHECK(play.sink->records.size() == 1);
    play.confirm(1);
    REQUIRE(play.last<pipeline::finish>());
    CHECK(play.told_flush() == lsn{610});
}

TEST_CASE("a row of an open transaction that waits for its topic is dropped by a stop") {
    stage play;
    play.stream();
    give(play, begin({600}));
    play.engine->message_received({590}, logical_message(true, {590}, "p", "c"), play.now);
    play.engine->stop(play.now);
    play.asked();
    CHECK(play.sink->records.empty());
    CHECK(play.told_flush() == lsn{500});
}
