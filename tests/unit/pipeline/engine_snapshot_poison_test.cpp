// Rows of a snapshot that the broker refuses.

#include "tests/unit/pipeline/stage.hpp"

using namespace walferry;
using namespace walferry::test;
using Catch::Matchers::Contains;

namespace {

constexpr const char* row_topic = "shop.public.orders";
constexpr const char* dead_letter_topic = "shop.dead_letter";

stage snapshot_with_policy(config::poison_policy policy) {
    stage::options chosen;
    chosen.on_poison = policy;
    chosen.keeps_state = true;
    chosen.snapshot = config::snapshot_mode::initial;
    return stage{chosen};
}

pgoutput::relation orders_relation() {
    static constexpr pgoutput::relation_column columns[] = {{true, "id", 23, -1},
                                                            {false, "body", 25, -1}};
    pgoutput::relation made;
    made.id = 77;
    made.schema = "public";
    made.name = "orders";
    made.identity = pgoutput::replica_identity::default_key;
    made.columns = columns;
    return made;
}

// From the first connection, or the one after a refusal, to rows of public.orders on the way.
void read(stage& play, const std::vector<std::string_view>& lines) {
    if (play.engine->state() == pipeline::phase::starting) {
        play.engine->start(play.now);
    }
    play.engine->sink_ready(*play.sink, play.now);
    play.engine->prepared(play.server, play.slot, {}, play.now);
    REQUIRE(play.last<pipeline::write_snapshot_memory>());
    play.engine->snapshot_stored(play.now);
    REQUIRE(play.last<pipeline::read_snapshot>());
    snapshot::course_table orders;
    orders.name = "public.orders";
    play.engine->snapshot_begins({orders});
    play.engine->snapshot_announces(0, orders_relation(), 700, play.now);
    play.asked();
    REQUIRE(play.engine->wants_rows());
    play.engine->snapshot_rows(0, lines, play.now);
    play.engine->snapshot_table_ends(0, play.now);
    play.engine->snapshot_ends(play.now);
}

void refuse_row(stage& play, std::size_t which) {
    const auto record = play.sink->records.at(which);
    publish::refused_record refused;
    refused.ticket = record.ticket;
    refused.sequence = record.sequence;
    refused.topic = row_topic;
    refused.bytes = record.key.size() + record.value.size();
    refused.key = record.key;
    play.engine->record_refused(
        refused, {error_kind::poison_record, "the broker says no", "raise it", {}}, play.now);
}

const std::vector<std::string_view> three_rows{"1\tone", "2\ttwo", "3\tthree"};

}  // namespace

TEST_CASE("a refused row of a snapshot stops with its position") {
    auto play = snapshot_with_policy(config::poison_policy::stop);
    read(play, three_rows);
    refuse_row(play, 1);
    auto end = play.last<pipeline::finish>();
    REQUIRE((end && end->why));
    CHECK(end->why->kind == error_kind::poison_record);
    CHECK_THAT(end->why->message, Contains("table public.orders") && Contains("key {\"id\":2}") &&
                                      Contains("0/1F3:2") && Contains("the broker says no"));
    CHECK_THAT(end->why->hint, Contains("on_poison"));
}

TEST_CASE("a refused row of a snapshot is a dead letter when it is read again, elsewhere") {
    auto play = snapshot_with_policy(config::poison_policy::dead_letter);
    read(play, three_rows);
    refuse_row(play, 1);
    REQUIRE(play.last<pipeline::replace_sink>());
    play.sink = std::make_unique<fake_sink>();
    read(play, {"3\tthree", "2\ttwo changed", "2\ttwo", "1\tone"});
    REQUIRE(play.sink->records.size() == 4);
    const auto& letter = play.sink->records.at(2);
    CHECK(letter.topic == play.topic_id(dead_letter_topic));
    CHECK_THAT(letter.value, Contains("\"two\""));
    CHECK(play.sink->records.at(0).topic == play.topic_id(row_topic));
    CHECK(play.sink->records.at(1).topic == play.topic_id(row_topic));
    CHECK(play.sink->records.at(3).topic == play.topic_id(row_topic));
    CHECK(play.engine->counted().dead_letters == 1);

    // Only with the letter confirmed is the snapshot done.
    play.confirm(2);
    CHECK_FALSE(play.engine->snapshot().finished());
    play.confirm(2);
    CHECK(play.engine->snapshot().finished());
}

TEST_CASE("a refused row of a snapshot is left out with skip") {
    auto play = snapshot_with_policy(config::poison_policy::skip);
    read(play, three_rows);
    refuse_row(play, 2);
    play.sink = std::make_unique<fake_sink>();
    read(play, three_rows);
    CHECK(play.sink->records.size() == 2);
    CHECK(play.engine->counted().poison_skipped == 1);
    play.confirm(2);
    CHECK(play.engine->snapshot().finished());
}
