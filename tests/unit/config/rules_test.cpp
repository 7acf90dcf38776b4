// Masks and rewrites.
#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>

namespace walferry::config::test {
namespace {

std::string mask_fault(const std::string& rule) {
    const std::string text = faults_of("events: {masks: [" + rule + "]}\n");
    const std::size_t at = text.find("events.masks: ");
    return at == std::string::npos ? text : text.substr(at + 14);
}

}  // namespace

TEST_CASE("the three kinds of masks") {
    const auto masks = loaded(R"(
events:
  masks:
    - {columns: [public.users.password], fixed: 5}
    - {columns: ["*.email"], hash: SHA-256, salt: abc}
    - {columns: [public.posts.*], truncate: 20}
)")
                           .values.events.masks;
    REQUIRE(masks.size() == 3);
    CHECK(masks[0].what == mask_rule::kind::fixed);
    CHECK(masks[0].length == 5);
    CHECK(masks[0].columns == std::vector<std::string>{"public.users.password"});
    CHECK(masks[1].what == mask_rule::kind::hash);
    CHECK(masks[1].algorithm == "SHA-256");
    CHECK(masks[1].salt == "abc");
    CHECK(masks[2].what == mask_rule::kind::truncate);
    CHECK(masks[2].length == 20);
}

TEST_CASE("broken masks") {
    CHECK(mask_fault("{fixed: 5}") ==
          "a mask needs columns: a list of patterns schema.table.column");
    CHECK(mask_fault("{columns: [], fixed: 5}").find("needs columns") != std::string::npos);
    CHECK(mask_fault("{columns: [a]}") == "a mask has one of fixed, hash and truncate");
    CHECK(mask_fault("{columns: [a], fixed: 1, truncate: 2}").find("one of") != std::string::npos);
    CHECK(mask_fault("{columns: [a], fixed: x}") == "fixed is a number, 0 to 1000000");
    CHECK(mask_fault("{columns: [a], truncate: -1}") == "truncate is a number, 0 to 1000000");
    CHECK(mask_fault("{columns: [a], hash: SHA256}").find("did you mean \"SHA-256\"?") !=
          std::string::npos);
    CHECK(mask_fault("{columns: [a], fixed: 1, salt: x}") == "salt belongs to hash");
    CHECK(mask_fault("{column: [a], fixed: 1}").find("did you mean \"columns\"?") !=
          std::string::npos);
    CHECK(mask_fault("x") == "a rule is a map: {…}");
    CHECK(faults_of("events: {masks: {}}\n").find("is a list of rules") != std::string::npos);
}

TEST_CASE("rewrites of topics") {
    const auto rules =
        loaded("topics: {rewrite: [{match: \"(.*)_p[0-9]+\", replace: \"\\\\1\"}]}\n")
            .values.topics.rewrite;
    REQUIRE(rules.size() == 1);
    CHECK(rules[0].match == "(.*)_p[0-9]+");
    CHECK(rules[0].replace == "\\1");
    CHECK(faults_of("topics: {rewrite: [{match: \"(\", replace: x}]}\n")
              .find("topics.rewrite: \"(\" is not a regular expression") != std::string::npos);
    CHECK(faults_of("topics: {rewrite: [{match: a, replace: \"\\\\1\"}]}\n")
              .find("does not fit its replacement") != std::string::npos);
    CHECK(faults_of("topics: {rewrite: [{match: a}]}\n").find("needs match and replace") !=
          std::string::npos);
}

}  // namespace walferry::config::test
