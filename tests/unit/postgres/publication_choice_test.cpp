#include "lib/postgres/publication_choice.hpp"

#include <catch2/catch.hpp>

namespace walferry::postgres {
namespace {

candidate_table table(std::uint32_t id, std::string name, std::uint32_t parent = 0) {
    candidate_table out;
    out.table.id = id;
    out.table.schema = "public";
    out.table.name = std::move(name);
    out.parent = parent;
    return out;
}

publication_wish wish_for(std::vector<std::string> names) {
    publication_wish wish;
    wish.name = "p";
    wish.patterns = names;
    wish.selects = [names](std::string_view, std::string_view name) {
        return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    return wish;
}

std::vector<std::string> names_of(const publication_plan& plan) {
    std::vector<std::string> names;
    for (const auto& one : plan.definition.tables) {
        names.push_back(one.name);
    }
    return names;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("patterns become a list of tables, the unlogged left out") {
    auto unlogged = table(3, "c");
    unlogged.table.unlogged = true;
    const auto plan =
        plan_publication(wish_for({"a", "c"}), {table(1, "a"), table(2, "b"), unlogged});
    CHECK(names_of(plan.value()) == strings{"a"});
}

TEST_CASE("a partition is not listed beside its parent, but alone it is") {
    auto root = table(1, "root");
    root.table.partitioned = true;
    const std::vector<candidate_table> all = {root, table(2, "middle", 1), table(3, "leaf", 2)};
    CHECK(names_of(plan_publication(wish_for({"root", "leaf"}), all).value()) == strings{"root"});
    CHECK(names_of(plan_publication(wish_for({"leaf"}), all).value()) == strings{"leaf"});
}

TEST_CASE("a table without identity is refused by name with its cure") {
    auto keyless = table(2, "log");
    keyless.table.has_identity = false;
    const auto plan = plan_publication(wish_for({"a", "log"}), {table(1, "a"), keyless});
    REQUIRE_FALSE(plan);
    CHECK(plan.error().kind == error_kind::table_unfit);
    CHECK(plan.error().message.find("public.log") != std::string::npos);
    CHECK(plan.error().hint.starts_with("ALTER TABLE \"public\".\"log\" REPLICA IDENTITY FULL;"));
    CHECK(plan.error().hint.find("!public.log") != std::string::npos);
    CHECK(plan_publication(wish_for({"a"}), {table(1, "a"), keyless}));
}

TEST_CASE("without patterns a superuser publishes all, another role what is its own") {
    auto foreign = table(2, "b");
    foreign.ours = false;
    const std::vector<candidate_table> all = {table(1, "a"), foreign};
    auto wish = wish_for({});
    const auto own = plan_publication(wish, all);
    CHECK(names_of(own.value()) == strings{"a"});
    REQUIRE(own->remarks.size() == 1);
    CHECK(own->remarks[0].cure.find("ADD TABLE ONLY \"public\".\"b\"") != std::string::npos);
    wish.superuser = true;
    CHECK(plan_publication(wish, all)->definition.tables.empty());
    wish.superuser = false;
    const auto none = plan_publication(wish, {foreign});
    REQUIRE_FALSE(none);
    CHECK(none.error().kind == error_kind::privilege_missing);
}

TEST_CASE("a selection of nothing is an error") {
    const auto plan = plan_publication(wish_for({"nix"}), {table(1, "a")});
    REQUIRE_FALSE(plan);
    CHECK(plan.error().kind == error_kind::publication_unfit);
}

TEST_CASE("a publication must have what is named, and may lack what a wildcard selects") {
    publication_facts found;
    found.name = "p";
    found.exists = true;
    found.tables = {table(1, "a").table};
    const std::vector<candidate_table> all = {table(1, "a"), table(2, "b")};
    const auto named = compare_publication(wish_for({"a", "b"}), found, all);
    REQUIRE(named.defect);
    CHECK(named.defect->hint == "ALTER PUBLICATION \"p\" ADD TABLE ONLY \"public\".\"b\"");
    auto wild = wish_for({"a", "b"});
    wild.patterns = {"public.*"};
    const auto remarked = compare_publication(wild, found, all);
    CHECK_FALSE(remarked.defect);
    CHECK(remarked.remarks.size() == 1);
    const auto wider = compare_publication(wish_for({"b"}), found, {});
    CHECK(wider.needless.size() == 1);
}

TEST_CASE("a partition is published by its parent and a parent by its partitions") {
    publication_facts found;
    found.name = "p";
    const std::vector<candidate_table> all = {table(1, "root"), table(2, "leaf", 1)};
    found.tables = {all[0].table};
    CHECK_FALSE(compare_publication(wish_for({"leaf"}), found, all).defect);
    found.tables = {all[1].table};
    CHECK_FALSE(compare_publication(wish_for({"root"}), found, all).defect);
}

TEST_CASE("settings that lose changes are remarked") {
    publication_facts found;
    found.name = "p";
    found.deletes = false;
    found.via_partition_root = true;
    CHECK(compare_publication(wish_for({}), found, {}).remarks.size() == 2);
}

}  // namespace walferry::postgres
