#include "lib/change/catalog.hpp"

#include "lib/change/builtin_types.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace walferry::change {

TEST_CASE("built-in types are known from the beginning, and consistent in themselves") {
    catalog known;
    std::set<oid> ids;
    for (const auto& type : builtin_types()) {
        CAPTURE(type.name);
        CHECK(ids.insert(type.id).second);
        REQUIRE(known.type(type.id) != nullptr);
        CHECK(known.type(type.id)->name == type.name);
        CHECK(type.schema == "pg_catalog");
        if (type.element != 0) {
            REQUIRE(known.type(type.element) != nullptr);
            CHECK(type.name == "_" + known.type(type.element)->name);
            CHECK(type.delimiter == known.type(type.element)->delimiter);
        }
        CHECK((type.kind == 'r' || type.kind == 'm') == (type.subtype != 0));
        if (type.subtype != 0) {
            REQUIRE(known.type(type.subtype) != nullptr);
            CHECK((known.type(type.subtype)->kind == 'r') == (type.kind == 'm'));
        }
    }
    CHECK(known.type(23)->name == "int4");
    CHECK(known.type(1007)->element == 23);
    CHECK(known.type(1020)->delimiter == ';');
    CHECK(known.type(3910)->subtype == 1184);
    CHECK(known.type(16384) == nullptr);
}

TEST_CASE("merging replaces in place and keeps the rest") {
    catalog known;
    type_description mood;
    mood.id = 16391;
    mood.labels = {"sad"};
    known.put(mood);
    table_description table;
    table.id = 77;
    table.name = "orders";
    known.put(table);
    const auto* type_before = known.type(16391);
    const auto* table_before = known.table(77);

    catalog newer;
    mood.labels = {"sad", "ok"};
    newer.put(mood);
    table.name = "renamed";
    newer.put(table);
    table.id = 78;
    newer.put(table);
    known.merge(std::move(newer));

    CHECK(known.type(16391) == type_before);
    CHECK(known.table(77) == table_before);
    CHECK(type_before->labels == std::vector<std::string>{"sad", "ok"});
    CHECK(table_before->name == "renamed");
    CHECK(known.table(78) != nullptr);
    CHECK(known.type(23) != nullptr);
    CHECK(known.table(79) == nullptr);
}

TEST_CASE("a description of another state of the table is recognised") {
    relation table{77, "public", "orders", replica_identity::default_key, {{"id"}, {"body"}}, 0};
    table_description known;
    known.id = 77;
    known.schema = "public";
    known.name = "orders";
    known.columns.resize(3);
    known.columns[0].name = "body";
    known.columns[1].name = "not_published";
    known.columns[2].name = "id";
    CHECK(describes(known, table));
    SECTION("a column is missing") {
        known.columns.pop_back();
        CHECK_FALSE(describes(known, table));
    }
    SECTION("it had another name") {
        known.name = "order";
        CHECK_FALSE(describes(known, table));
    }
    SECTION("it was in another schema") {
        known.schema = "archive";
        CHECK_FALSE(describes(known, table));
    }
}

}  // namespace walferry::change
