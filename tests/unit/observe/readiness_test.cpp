#include "lib/observe/readiness.hpp"

#include "tests/unit/observe/sample_facts.hpp"

#include <catch2/catch.hpp>

namespace walferry::observe {

using Catch::Matchers::Contains;

TEST_CASE("facts of a process that merely lives are not ready") {
    CHECK_FALSE(judge_readiness({}).ready);
    for (auto state : {stream_state::starting, stream_state::standby, stream_state::snapshot,
                       stream_state::reconnecting, stream_state::draining, stream_state::stopped}) {
        auto facts = healthy_facts();
        facts.state = state;
        facts.reason = "because of a test";
        CHECK_FALSE(judge_readiness(facts).ready);
        CHECK_THAT(judge_readiness(facts).reason,
                   Contains(std::string{name_of(state)}) && Contains("because of a test"));
    }
}

TEST_CASE("streaming with nothing outstanding is ready") {
    CHECK(judge_readiness(healthy_facts()).ready);
}

TEST_CASE("streaming state alone does not make ready") {
    auto facts = healthy_facts();
    SECTION("without PostgreSQL") {
        facts.server.connected = false;
    }
    SECTION("without the broker") {
        facts.sink.connected = false;
    }
    SECTION("when acknowledging is frozen") {
        facts.ledger.frozen = true;
    }
    SECTION("when records are out and nothing was ever confirmed") {
        facts.ledger.records_unconfirmed = 1;
    }
    CHECK_FALSE(judge_readiness(facts).ready);
    CHECK_FALSE(judge_readiness(facts).reason.empty());
}

TEST_CASE("outstanding records are ready as long as the broker owes no confirmation for long") {
    auto facts = healthy_facts();
    facts.ledger.records_unconfirmed = 7;
    const seconds old = confirmation_fresh_max + seconds{1};
    SECTION("the last confirmation is fresh") {
        facts.ledger.since_confirmed = seconds{1};
        CHECK(judge_readiness(facts).ready);
    }
    SECTION("the first record after an idle hour has just gone out") {
        facts.ledger.since_confirmed = seconds{3600};
        facts.ledger.oldest_age = seconds{0.1};
        CHECK(judge_readiness(facts).ready);
    }
    SECTION("the oldest is old but others are confirmed all the time") {
        facts.ledger.since_confirmed = seconds{0.1};
        facts.ledger.oldest_age = old;
        CHECK(judge_readiness(facts).ready);
    }
    SECTION("both are old") {
        facts.ledger.since_confirmed = old;
        facts.ledger.oldest_age = old;
        CHECK_FALSE(judge_readiness(facts).ready);
        CHECK_THAT(judge_readiness(facts).reason, Contains("31 s") && Contains("7 records"));
    }
}

}  // namespace walferry::observe
