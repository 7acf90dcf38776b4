#include "tests/unit/pipeline/stage.hpp"

using namespace walferry;
using namespace walferry::test;
using Catch::Matchers::Contains;

namespace {

constexpr const char* orders_topic = "shop.public.orders";
constexpr const char* letters_topic = "shop.dead_letter";

stage with_policy(config::poison_policy policy) {
    stage::options chosen;
    chosen.on_poison = policy;
    return stage{chosen};
}

// The broker refuses the record at this place among those produced.
void refuse(stage& play, std::size_t which, bool too_large = false) {
    const auto& record = play.sink->records.at(which);
    publish::refused_record refused;
    refused.ticket = record.ticket;
    refused.sequence = record.sequence;
    refused.topic = orders_topic;
    refused.bytes = record.key.size() + record.value.size();
    refused.tombstone = record.value.empty();
    refused.too_large = too_large;
    refused.key = record.key;
    play.engine->record_refused(
        refused, {error_kind::poison_record, "the broker says no", "raise it", {}}, play.now);
}

std::string header_of(const fake_sink::produced& record, const std::string& name) {
    for (const auto& [key, value] : record.headers) {
        if (key == name) {
            return value;
        }
    }
    return "(none)";
}

// After a refusal: the new sink, the new session, the same transaction of three rows again.
void replay(stage& play) {
    CHECK(play.last<pipeline::replace_sink>()->delay.count() == 0);
    play.sink = std::make_unique<fake_sink>();
    play.stream();
    play.transaction({600}, {610}, 3, orders_table());
}

}  // namespace

TEST_CASE("poison stops with table, key, position and cure") {
    stage play;
    play.stream();
    play.transaction({600}, {610}, 3, orders_table());
    refuse(play, 1);
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::poison_record);
    CHECK_THAT(end->why->message, Contains("table public.orders") && Contains("key {\"id\":1}") &&
                                      Contains("0/258:2") && Contains("the broker says no"));
    CHECK_THAT(end->why->hint, Contains("raise it") && Contains("on_poison"));
    CHECK(play.told_flush() == lsn{500});
}

TEST_CASE("poison goes to the dead letters in its place, acknowledged when they are confirmed") {
    auto play = with_policy(config::poison_policy::dead_letter);
    play.stream();
    play.transaction({600}, {610}, 3, orders_table());
    const auto original = play.sink->records.at(1);
    refuse(play, 1);
    replay(play);
    REQUIRE(play.sink->records.size() == 3);
    const auto& letter = play.sink->records.at(1);
    CHECK(letter.topic == play.topic_id(letters_topic));
    CHECK(letter.key == original.key);
    CHECK(letter.value == original.value);
    CHECK(header_of(letter, "walferry.position") == "0/258:2");
    CHECK(header_of(letter, "walferry.table") == "public.orders");
    CHECK(header_of(letter, "walferry.topic") == orders_topic);
    CHECK(header_of(letter, "walferry.error") == "poison_record");
    CHECK_THAT(header_of(letter, "walferry.reason"), Contains("the broker says no"));
    CHECK(play.sink->records.at(0).topic == play.topic_id(orders_topic));
    CHECK(play.sink->records.at(2).topic == play.topic_id(orders_topic));
    play.confirm(1);
    CHECK(play.told_flush() == lsn{500});
    play.confirm(2);
    CHECK(play.told_flush() == lsn{610});
    CHECK(play.engine->counted().dead_letters == 1);

    // It is over: what looks the same later is published.
    play.transaction({620}, {630}, 3, orders_table());
    CHECK(play.sink->records.at(4).topic == play.topic_id(orders_topic));
}

TEST_CASE("of what is too large the dead letters get what is known") {
    auto play = with_policy(config::poison_policy::dead_letter);
    play.stream();
    play.transaction({600}, {610}, 3, orders_table());
    refuse(play, 2, true);
    replay(play);
    const auto& letter = play.sink->records.at(2);
    CHECK(letter.topic == play.topic_id(letters_topic));
    CHECK_THAT(letter.value, Contains("\"position\":\"0/258:3\"") &&
                                 Contains("\"table\":\"public.orders\"") &&
                                 Contains("the broker says no"));
}

TEST_CASE("skipped poison is counted, and the rest acknowledged") {
    auto play = with_policy(config::poison_policy::skip);
    play.stream();
    play.transaction({600}, {610}, 3, orders_table());
    refuse(play, 0);
    replay(play);
    REQUIRE(play.sink->records.size() == 2);
    play.confirm(2);
    CHECK(play.told_flush() == lsn{610});
    CHECK(play.engine->counted().poison_skipped == 1);
}

TEST_CASE("a second refusal in the same transaction is diverted, too") {
    auto play = with_policy(config::poison_policy::dead_letter);
    play.stream();
    play.transaction({600}, {610}, 3, orders_table());
    refuse(play, 0);
    replay(play);
    refuse(play, 2);
    replay(play);
    CHECK(play.sink->records.at(0).topic == play.topic_id(letters_topic));
    CHECK(play.sink->records.at(1).topic == play.topic_id(orders_topic));
    CHECK(play.sink->records.at(2).topic == play.topic_id(letters_topic));
}

TEST_CASE("poison of a transaction that was cut off is told of again with its replay") {
    auto play = with_policy(config::poison_policy::dead_letter);
    play.stream();
    play.feed(begin({600}));
    play.announce(orders_table());
    play.feed(insert(orders_table().id, texts({"0", "body"})));
    play.lose_connection();
    refuse(play, 0);
    replay(play);
    CHECK(play.sink->records.size() == 3);
    CHECK(play.engine->counted().dead_letters == 0);
    refuse(play, 0);
    replay(play);
    CHECK(play.sink->records.at(0).topic == play.topic_id(letters_topic));
    play.confirm(3);
    CHECK(play.told_flush() == lsn{610});
}

TEST_CASE("a dead letter that is refused stops") {
    auto play = with_policy(config::poison_policy::dead_letter);
    play.stream();
    play.transaction({600}, {610}, 1, orders_table());
    publish::refused_record refused;
    refused.ticket = play.sink->records.at(0).ticket;
    refused.topic = letters_topic;
    play.engine->record_refused(refused, {error_kind::poison_record, "no", {}, {}}, play.now);
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::poison_record);
}
