#include "lib/observe/history.hpp"

#include "tests/unit/observe/sample_facts.hpp"

#include <catch2/catch.hpp>

namespace walferry::observe {
namespace {

stream_facts at_second(std::int64_t second) {
    stream_facts facts;
    facts.taken_at = {second * 1'000'000};
    facts.state = stream_state::streaming;
    facts.tables = {{.name = "t"}};
    return facts;
}

}  // namespace

TEST_CASE("an hour is kept, a sample every ten seconds") {
    history past;
    for (std::int64_t i = 0; i < 5000; ++i) {
        past.add(at_second(i));
    }
    CHECK(past.samples().size() == history::samples_max);
    CHECK(past.samples().back().at.microseconds - past.samples().front().at.microseconds ==
          3590 * 1'000'000LL);
}

TEST_CASE("a sample is the worst of its ten seconds") {
    history past;
    for (std::int64_t i = 0; i <= 20; ++i) {
        auto facts = at_second(i);
        facts.lag.acknowledge = seconds{i == 13 ? 9.0 : 0.1};
        facts.state = i == 14 ? stream_state::reconnecting : stream_state::streaming;
        past.add(facts);
    }
    REQUIRE(past.samples().size() == 3);
    CHECK(past.samples()[1].lag_seconds == Approx(0.1));
    CHECK(past.samples()[2].lag_seconds == Approx(9));
    CHECK_FALSE(past.samples()[1].interrupted);
    CHECK(past.samples()[2].interrupted);
}

TEST_CASE("rates are those of the last ten seconds") {
    history past;
    for (std::int64_t i = 0; i <= 30; ++i) {
        auto facts = at_second(i);
        facts.tables[0].changes[0] = static_cast<std::uint64_t>(i < 15 ? 0 : (i - 15) * 100);
        facts.source.bytes = static_cast<std::uint64_t>(i) * 50;
        past.add(facts);
    }
    CHECK(past.changes_per_second() == Approx(100));
    CHECK(past.bytes_per_second() == Approx(50));
    REQUIRE(past.table_rates().size() == 1);
    CHECK(past.table_rates()[0].second == Approx(100));
}

TEST_CASE("counters that start again are no negative rate, a clock set back no crash") {
    history past;
    auto facts = at_second(100);
    facts.tables[0].changes[0] = 1000;
    past.add(facts);
    past.add(at_second(101));
    CHECK(past.changes_per_second() == 0);
    past.add(at_second(50));
    CHECK(past.changes_per_second() == 0);
    CHECK(past.samples().size() == 2);
}

TEST_CASE("who waits for whom follows from where the time went") {
    history past;
    past.add(at_second(0));
    auto facts = at_second(5);
    SECTION("waiting for the source without a backlog: nobody") {
        facts.times.wait_source = seconds{5};
        past.add(facts);
        CHECK(past.bound_by() == bottleneck::none);
    }
    SECTION("decoding most of the time") {
        facts.times.wait_source = seconds{1};
        facts.times.work = seconds{4};
        past.add(facts);
        CHECK(past.bound_by() == bottleneck::walferry);
    }
    SECTION("not reading most of the time") {
        facts.times.work = seconds{1};
        facts.times.wait_sink = seconds{4};
        past.add(facts);
        CHECK(past.bound_by() == bottleneck::broker);
    }
}

TEST_CASE("waiting for the source with a backlog is the walsender's business") {
    history past;
    for (std::int64_t i : {0, 5}) {
        auto facts = at_second(i);
        facts.lsns.server = lsn{100 << 20};
        facts.lsns.acknowledged = lsn{1};
        facts.times.wait_source = seconds{static_cast<double>(i)};
        past.add(facts);
    }
    CHECK(past.bound_by() == bottleneck::walsender);
}

}  // namespace walferry::observe
