// Frames in, records and acknowledgements out.

#include "lib/route/partitioner.hpp"
#include "tests/unit/pipeline/stage.hpp"

using namespace walferry;
using namespace walferry::test;
using pipeline::phase;

TEST_CASE("a row becomes a record under its key, in the partition of Kafka's client") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 2, orders_table());
    REQUIRE(play.sink->records.size() == 2);
    const auto& first = play.sink->records[0];
    CHECK(first.key.find("\"id\"") != std::string::npos);
    CHECK(first.value.find("\"op\":\"c\"") != std::string::npos);
    CHECK(first.partition == route::partition_of(first.key, 4));
    CHECK(first.ticket == play.sink->records[1].ticket);
    CHECK(play.engine->counted().records == 2);
    CHECK(play.engine->counted().transactions == 1);
}

TEST_CASE("a commit is acknowledged when its last record is confirmed, not before") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 2, orders_table());
    CHECK(play.told_flush() == lsn{500});
    play.confirm(1);
    CHECK(play.told_flush() == lsn{500});
    play.confirm(1);
    CHECK(play.told_flush() == lsn{610});
}

TEST_CASE("confirmations inside a transaction acknowledge nothing") {
    stage play;
    play.stream();
    play.feed(begin({600}));
    play.announce(orders_table());
    play.feed(insert(77, texts({"1", "b"})));
    play.confirm(1);
    play.wait(1s);
    CHECK(play.told_flush() == lsn{500});
    play.feed(commit({600}, {610}));
    CHECK(play.told_flush() == lsn{610});
}

TEST_CASE("a later transaction waits for an earlier one") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.transaction({620}, {630}, 1, orders_table());
    auto second = play.sink->records.at(1).ticket;
    std::vector<publish::delivery> report{{second, 1}};
    play.engine->confirmed(report, play.now);
    CHECK(play.told_flush() == lsn{500});
    play.confirm(1);
    CHECK(play.told_flush() == lsn{630});
}

TEST_CASE("an idle stream acknowledges keepalives, and answers when asked") {
    stage play;
    play.stream();
    play.feed_frame(keepalive({700}));
    CHECK(play.told_flush() == lsn{700});
    play.asked();
    play.feed_frame(keepalive({700}, true));
    auto answer = play.last<pipeline::send_status>();
    REQUIRE(answer);
    CHECK(answer->acknowledged == lsn{700});
}

TEST_CASE("a keepalive that asks while records are out is answered with the old position") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    play.asked();
    play.feed_frame(keepalive({700}, true));
    auto answer = play.last<pipeline::send_status>();
    REQUIRE(answer);
    CHECK(answer->acknowledged == lsn{500});
    CHECK(answer->received == lsn{700});
    play.confirm(1);
    CHECK(play.told_flush() == lsn{700});
}

TEST_CASE("a keepalive below the start moves nothing") {
    stage play;
    play.stream();
    play.feed_frame(keepalive({100}, true));
    CHECK(play.told_flush() == lsn{500});
}

TEST_CASE("what configuration leaves out is acknowledged without a record") {
    stage::options chosen;
    chosen.tables = {"public.other"};
    stage play{chosen};
    play.stream();
    play.transaction({600}, {610}, 3, orders_table());
    CHECK(play.sink->records.empty());
    CHECK(play.told_flush() == lsn{610});
    CHECK(play.engine->counted().changes == 3);
    CHECK(play.engine->counted().changes_filtered == 3);
}

TEST_CASE("a message between transactions goes to its topic and is acknowledged once confirmed") {
    stage play;
    play.stream();
    play.feed(logical_message(false, {650}, "p", "c"), {650});
    REQUIRE(play.sink->records.size() == 1);
    CHECK(play.told_flush() == lsn{500});
    play.confirm(1);
    CHECK(play.told_flush() == lsn{650});
}

TEST_CASE("nothing is read while the catalog and the topic of a table are asked for") {
    stage play;
    play.stream();
    play.feed(begin({600}));
    play.engine->received(wal_frame({}, relation(orders_table())), play.now);
    auto first = play.engine->take_actions();
    REQUIRE(first.size() == 1);
    const auto* question = std::get_if<pipeline::describe>(&first[0]);
    REQUIRE(question != nullptr);
    CHECK(question->tables == std::vector<change::oid>{77});
    CHECK_FALSE(play.engine->wants_input());
    play.engine->described({}, play.now);
    auto second = play.engine->take_actions();
    REQUIRE(second.size() == 1);
    const auto* topics = std::get_if<pipeline::open_topics>(&second[0]);
    REQUIRE(topics != nullptr);
    REQUIRE(topics->wanted.size() == 1);
    CHECK(topics->wanted[0].name == "shop.public.orders");
    CHECK_FALSE(play.engine->wants_input());
    play.engine->topics_opened({{"shop.public.orders", 3, 1, 0, false}}, play.now);
    CHECK(play.engine->wants_input());
    play.feed(insert(77, texts({"1", "b"})));
    CHECK(play.sink->records.at(0).topic == 3);
}

TEST_CASE("a table that changes in mid transaction is asked for again, its topic is not") {
    stage play;
    play.stream();
    play.feed(begin({600}));
    play.announce(orders_table());
    play.feed(insert(77, texts({"1", "b"})));
    auto wider = orders_table();
    wider.columns.push_back({"extra"});
    play.engine->received(wal_frame({}, relation(wider)), play.now);
    auto questions = play.engine->take_actions();
    REQUIRE(questions.size() == 1);
    CHECK(std::holds_alternative<pipeline::describe>(questions[0]));
    play.engine->described({}, play.now);
    CHECK(play.engine->take_actions().empty());
    play.feed(insert(77, texts({"2", "b", "e"})));
    CHECK(play.sink->records.at(1).value.find("extra") != std::string::npos);
}

TEST_CASE("a full sink stops the reading") {
    stage play;
    play.stream();
    play.sink->room = false;
    CHECK_FALSE(play.engine->wants_input());
    play.wait(5min);  // silence that we caused ourselves is no silence of the server
    CHECK(play.engine->is_streaming());
    play.sink->room = true;
    CHECK(play.engine->wants_input());
}

TEST_CASE("bytes that are not the protocol end the program and abort nothing") {
    stage play;
    play.stream();
    SECTION("no frame") {
        play.feed_frame("x");
    }
    SECTION("an empty frame") {
        play.feed_frame("");
    }
    SECTION("no message") {
        play.feed("?");
    }
    SECTION("a row outside of a transaction") {
        play.feed(insert(77, {}));
    }
    SECTION("a truncate of nothing outside of a transaction") {
        play.feed(truncate({}));
    }
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::protocol_violation);
    CHECK(play.engine->state() == phase::finished);
    CHECK_FALSE(play.engine->wants_input());
}

TEST_CASE("two tables with one topic end the program") {
    stage play;
    play.stream();
    play.feed(begin({600}));
    auto table = orders_table();
    table.name = "a|b";
    play.announce(table);
    table.name = "a@b";
    table.id = 78;
    play.announce(table);
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::topic_conflict);
}
