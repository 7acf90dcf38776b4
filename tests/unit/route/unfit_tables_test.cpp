#include "lib/route/unfit_tables.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace walferry;

namespace {

using names = std::vector<std::string>;

struct published {
    change::table_description description;
    change::oid id = 0;
    char identity = 'd';
};

published table_of(change::oid id, std::string name, char identity, names primary_key) {
    published made{{}, id, identity};
    made.description.id = id;
    made.description.schema = "public";
    made.description.name = std::move(name);
    made.description.primary_key = std::move(primary_key);
    for (const char* column : {"id", "customer"}) {
        made.description.columns.emplace_back().name = column;
    }
    return made;
}

config::settings shop_settings() {
    config::settings settings;
    settings.name = "shop";
    return settings;
}

std::vector<error> unfit(const config::settings& settings, const std::vector<published>& tables) {
    change::catalog today;
    for (const auto& table : tables) {
        today.put(table.description);
    }
    return route::unfit_tables(settings, tables, today);
}

}  // namespace

TEST_CASE("tables that are published as they are fit") {
    CHECK(unfit(shop_settings(), {table_of(1, "a", 'd', {"id"}), table_of(2, "b", 'n', {}),
                                  table_of(3, "c", 'f', {})})
              .empty());
}

TEST_CASE("a chosen key must be in every delete") {
    auto settings = shop_settings();
    settings.events.keys = {{"public.a", {"customer"}}};
    auto by_index = table_of(1, "a", 'i', {"id"});
    by_index.description.identity_index = {"customer"};
    CHECK(unfit(settings, {by_index}).empty());
    CHECK(unfit(settings, {table_of(1, "a", 'f', {"id"})}).empty());
    CHECK(unfit(settings, {table_of(1, "b", 'd', {"id"})}).empty());  // no rule for it

    auto found = unfit(settings, {table_of(1, "a", 'd', {"id"})});
    REQUIRE(found.size() == 1);
    CHECK(found[0].kind == error_kind::table_unfit);
    CHECK(found[0].message.find("\"customer\" of table public.a") != std::string::npos);

    settings.events.keys = {{"public.a", {"id"}}};
    auto deferrable = table_of(1, "a", 'd', {"id"});
    deferrable.description.primary_key_deferrable = true;
    CHECK(unfit(settings, {deferrable}).size() == 1);
}

TEST_CASE("the same holds for what decides about the partition") {
    auto settings = shop_settings();
    settings.topics.partition_by = {{"public.*", {"customer"}}};
    CHECK(unfit(settings, {table_of(1, "a", 'd', {"id"}), table_of(2, "b", 'd', {"id"})}).size() ==
          2);
}

TEST_CASE("two tables that would share a topic are told at once") {
    auto found =
        unfit(shop_settings(), {table_of(1, "a|b", 'd', {"id"}), table_of(2, "a@b", 'd', {"id"})});
    REQUIRE(found.size() == 1);
    CHECK(found[0].kind == error_kind::topic_conflict);
}

TEST_CASE("tables that are not selected and those that are gone are not judged") {
    auto settings = shop_settings();
    settings.events.keys = {{"public.*", {"nosuch"}}};
    settings.source.tables = {"public.b"};
    CHECK(unfit(settings, {table_of(1, "a", 'd', {"id"})}).empty());
    CHECK(route::unfit_tables(settings, std::vector<published>{table_of(1, "b", 'd', {"id"})}, {})
              .empty());
    CHECK(unfit(settings, {table_of(1, "b", 'd', {"id"})}).size() == 1);
}
