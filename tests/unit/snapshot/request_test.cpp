#include "lib/snapshot/request.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::snapshot;

TEST_CASE("a request is what its JSON says") {
    auto asked = parse_request(
        R"({"command": "start", "tables": ["sales.orders", "items"], "where": "id > 7", "slot": "s"})");
    REQUIRE(asked);
    CHECK(asked->what == request::wish::start);
    CHECK(asked->tables == std::vector<std::string>{"sales.orders", "public.items"});
    CHECK(asked->where == "id > 7");
    CHECK(asked->slot == "s");
    CHECK(parse_request(R"({"tables": ["a.b"]})")->what == request::wish::start);
    CHECK(parse_request(R"({"command": "stop"})")->tables.empty());
    CHECK(parse_request(R"({"command": "pause"})")->what == request::wish::pause);
    CHECK(to_json(*parse_request(to_json(*asked))) == to_json(*asked));
}

TEST_CASE("bad requests say what is wrong with them") {
    for (const auto* text :
         {"", "[]", "{}", R"({"command": "start"})", R"({"command": "drop"})", R"({"command": 7})",
          R"({"tables": "a.b"})", R"({"tables": [1]})", R"({"tables": [""]})",
          R"({"tables": ["a.b"], "were": "x"})", R"({"command": "stop", "where": "x"})"}) {
        auto asked = parse_request(text);
        INFO(text);
        REQUIRE_FALSE(asked);
        CHECK(asked.error().kind == error_kind::usage);
        CHECK_FALSE(asked.error().hint.empty());
    }
}

TEST_CASE("only who knows the token seals a request, and only this one") {
    request asked;
    asked.tables = {"a.b"};
    asked.where = "true";
    asked.seal = seal_of(asked, "token");
    CHECK(is_sealed(asked, "token"));
    CHECK(is_sealed(*parse_request(to_json(asked)), "token"));
    CHECK_FALSE(is_sealed(asked, "other"));
    CHECK_FALSE(is_sealed(asked, ""));
    asked.where = "false";
    CHECK_FALSE(is_sealed(asked, "token"));
    asked.seal = seal_of(asked, "");
    CHECK_FALSE(is_sealed(asked, ""));
}
