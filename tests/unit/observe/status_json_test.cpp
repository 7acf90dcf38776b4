#include "lib/observe/status_json.hpp"

#include "tests/unit/observe/sample_facts.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace walferry::observe {

TEST_CASE("the status says in JSON what the facts say") {
    auto facts = healthy_facts();
    facts.errors.add({{1'700'000'000'000'000}, error_kind::slot_in_use, "busy \xff", "wait"});
    const history past;
    const auto status = nlohmann::json::parse(status_json(facts, past));
    CHECK(status["state"] == "streaming");
    CHECK(status["ready"] == true);
    CHECK(status["taken_at"] == "2023-11-14T22:13:20.000Z");
    CHECK(status["lsn"]["acknowledged"] == "0/12C");
    CHECK(status["lag"]["bytes"] == 700);
    CHECK(status["lag"]["stages"]["publish"]["bytes"] == 200);
    CHECK(status["slot"]["wal_status"] == "reserved");
    CHECK(status["errors"][0]["kind"] == "slot_in_use");
    CHECK(status["errors"][0]["hint"] == "wait");
    REQUIRE(status["tables"].is_array());
    CHECK(status["tables"].size() == 3);
    CHECK(status["tables"][1]["table"] == "public.orders");
    CHECK(status["tables"][1]["insert"] == 5);
    CHECK_FALSE(status.contains("history"));
}

TEST_CASE("what is not known is null") {
    const auto status = nlohmann::json::parse(status_json({}, history{}));
    CHECK(status["lsn"]["server"].is_null());
    CHECK(status["slot"]["retained_bytes"].is_null());
    CHECK(status["slot"]["safe_bytes"].is_null());
    CHECK(status["state_since"].is_null());
    CHECK(status["errors"] == nlohmann::json::array());
    CHECK(status["tables"] == nlohmann::json::array());
}

TEST_CASE("a page's first event carries the last hour in columns") {
    history past;
    past.add(healthy_facts());
    const auto text = status_json(healthy_facts(), past, status_part::facts_and_history);
    const auto status = nlohmann::json::parse(text);
    CHECK(status["history"]["at_ms"] == nlohmann::json::array({1'700'000'000'000}));
    CHECK(status["history"]["lag_bytes"] == nlohmann::json::array({700}));
    CHECK(text.find('\n') == text.npos);
}

}  // namespace walferry::observe
