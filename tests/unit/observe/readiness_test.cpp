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
    auto behind = healthy_facts();
    behind.state = stream_state::catching_up;
    CHECK(judge_readiness(behind).ready);
}

TEST_CASE("streaming state alone does not make ready") {
    auto facts = healthy_facts();
    SECTION("without PostgreSQL") {
        facts.server.connected = false;
    }
    SECTION("without the broker") {
        facts.sink.connected = false;
    }
    SECTION("when nothing was ever confirmed") {
        facts.sink.confirmed_ever = false;
    }
    SECTION("when a topic is waited for") {
        facts.waits_for = "topic shop.public.orders";
        facts.waiting = waiting_max + seconds{1};
    }
    CHECK_FALSE(judge_readiness(facts).ready);
    CHECK_FALSE(judge_readiness(facts).reason.empty());
}

TEST_CASE("outstanding records are ready as long as the broker owes no confirmation for long") {
    auto facts = healthy_facts();
    facts.ledger.records_unconfirmed = 7;
    SECTION("for a moment") {
        facts.ledger.owed = seconds{1};
        CHECK(judge_readiness(facts).ready);
    }
    SECTION("for long") {
        facts.ledger.owed = confirmation_fresh_max + seconds{1};
        CHECK_FALSE(judge_readiness(facts).ready);
        CHECK_THAT(judge_readiness(facts).reason, Contains("7 s") && Contains("7 records"));
    }
}

TEST_CASE("a topic may be waited for a moment") {
    auto facts = healthy_facts();
    facts.waits_for = "topic shop.public.orders";
    facts.waiting = seconds{1};
    CHECK(judge_readiness(facts).ready);
}

}  // namespace walferry::observe
