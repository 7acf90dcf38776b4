#include "lib/snapshot/rows_out.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using snapshot::rows_out;

TEST_CASE("a row that is out is found by its ticket and its place in it") {
    rows_out out;
    CHECK(out.add(5, {{99}, 1}, 11).ordinal == 1);
    CHECK(out.add(5, {{99}, 2}, 12).ordinal == 2);
    CHECK(out.add(8, {{99}, 3}, 13).ordinal == 1);
    REQUIRE(out.find(5, 2) != nullptr);
    CHECK(out.find(5, 2)->content == 12);
    CHECK(out.find(5, 2)->at == position{{99}, 2});
    REQUIRE(out.find(8, 1) != nullptr);
    CHECK(out.find(8, 1)->content == 13);
    CHECK(out.find(5, 3) == nullptr);
    CHECK(out.find(6, 1) == nullptr);
    CHECK(out.find(9, 1) == nullptr);
}

TEST_CASE("rows that are confirmed are forgotten") {
    rows_out out;
    out.add(5, {{99}, 1}, 11);
    out.add(6, {{99}, 2}, 12);
    out.confirmed_below(6);
    CHECK(out.find(5, 1) == nullptr);
    CHECK(out.find(6, 1) != nullptr);
    CHECK(out.size() == 1);
    out.clear();
    CHECK(out.size() == 0);
}

TEST_CASE("rows are the same when they hold the same") {
    CHECK(rows_out::content_of("1\tx") == rows_out::content_of("1\tx"));
    CHECK(rows_out::content_of("1\tx") != rows_out::content_of("1\ty"));
}
