#include "lib/postgres/publication_additions.hpp"

#include <catch2/catch.hpp>

using namespace walferry::postgres;
using names = std::vector<std::string>;

namespace {

remembered_publication listing(std::vector<publication_member> tables,
                               std::vector<publication_member> schemas = {}) {
    remembered_publication made;
    made.tables = std::move(tables);
    made.schemas = std::move(schemas);
    return made;
}

publication_member member(std::uint32_t entry, const std::string& name) {
    publication_member made;
    made.entry = entry;
    made.id = entry + 1000;
    made.name = name;
    return made;
}

}  // namespace

TEST_CASE("tables and schemas that a publication did not list before are new") {
    const auto before = listing({member(1, "public.a")}, {member(9, "sales")});
    CHECK(added_to(before, before).empty());
    CHECK(added_to(before, listing({})).empty());
    CHECK(added_to(before, listing({member(1, "public.a"), member(2, "public.b")},
                                   {member(9, "sales"), member(10, "stock")})) ==
          names{"public.b", "stock.*"});
}

TEST_CASE(
    "a table that was taken out and added again is new, one that was published by other words is "
    "not") {
    const auto before = listing({member(1, "public.a")}, {member(9, "sales")});
    CHECK(added_to(before, listing({member(3, "public.a")})) == names{"public.a"});
    CHECK(added_to(before, listing({member(1, "public.a"), member(4, "sales.orders")})).empty());
    auto everything = listing({});
    everything.all_tables = true;
    CHECK(added_to(everything, listing({member(1, "public.a")})).empty());
}
