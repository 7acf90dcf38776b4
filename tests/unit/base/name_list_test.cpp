#include "lib/base/name_list.hpp"

#include <catch2/catch.hpp>

using walferry::name_list;

TEST_CASE("a list of names shows ten and counts the others") {
    std::vector<std::string> names;
    CHECK(name_list(names).empty());
    names = {"a", "b"};
    CHECK(name_list(names) == "a, b");
    names.assign(10, "t");
    CHECK(name_list(names) == "t, t, t, t, t, t, t, t, t, t");
    names.emplace_back("last");
    CHECK(name_list(names) == "t, t, t, t, t, t, t, t, t, t and 1 more");
}
