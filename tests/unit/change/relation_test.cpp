#include "tests/unit/change/assembling.hpp"

using namespace walferry::test;
using namespace walferry;
using change::step;

namespace {

table_spec numbered(oid id) {
    return {id, "public", "t" + std::to_string(id), {{"id", 23, true}}, 'd'};
}

}  // namespace

TEST_CASE("an announcement says whether the definition is new") {
    assembling in;
    auto announce = [&](const table_spec& table) {
        in.expect(step::relation, relation(table));
        return in.assembler.announced();
    };
    CHECK(announce(orders()).changed);
    const auto* first = in.assembler.announced().table;
    CHECK(first->columns.size() == 3);
    // ANALYZE, CREATE INDEX and much else make PostgreSQL say it again.
    CHECK_FALSE(announce(orders()).changed);
    CHECK(in.assembler.announced().table == first);

    SECTION("another identity") {
        CHECK(announce(orders('f')).changed);
    }
    SECTION("another name") {
        auto table = orders();
        table.name = "renamed";
        CHECK(announce(table).changed);
    }
    SECTION("another schema") {
        auto table = orders();
        table.schema = "archive";
        CHECK(announce(table).changed);
    }
    SECTION("a column more") {
        auto table = orders();
        table.columns.push_back({"extra"});
        CHECK(announce(table).changed);
        CHECK(in.assembler.announced().table->columns.size() == 4);
    }
    SECTION("a column of another type") {
        auto table = orders();
        table.columns[1].type = 1043;
        CHECK(announce(table).changed);
    }
    SECTION("a column of another length") {
        auto table = orders();
        table.columns[1].modifier = 24;
        CHECK(announce(table).changed);
    }
    SECTION("another key") {
        auto table = orders();
        table.columns[1].in_identity = true;
        CHECK(announce(table).changed);
    }
    CHECK(in.assembler.announced().table->slot == 0);
    CHECK(in.assembler.relations().size() == 1);
}

TEST_CASE("slots are dense and stay with their table") {
    assembling in;
    std::vector<oid> ids{500, 7, 4'000'000'000, 90, 8};
    for (std::uint32_t i = 0; i < ids.size(); ++i) {
        in.expect(step::relation, relation(numbered(ids[i])));
        CHECK(in.assembler.announced().table->slot == i);
    }
    in.new_session();
    for (std::uint32_t i = 0; i < ids.size(); ++i) {
        auto table = numbered(ids[i]);
        table.columns.push_back({"extra"});
        in.expect(step::relation, relation(table));
        CHECK(in.assembler.announced().table->slot == i);
        CHECK(in.assembler.announced().changed);
    }
    CHECK(in.assembler.relations().size() == ids.size());
    for (std::uint32_t i = 0; i < ids.size(); ++i) {
        REQUIRE(in.assembler.relations().find(ids[i]) != nullptr);
        CHECK(in.assembler.relations().find(ids[i])->slot == i);
        CHECK(in.assembler.relations().find(ids[i])->id == ids[i]);
    }
}

TEST_CASE("a row of a relation that was not announced is refused") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    CHECK(in.refuses(insert(77, texts({"1", "b", "n"}))));
    CHECK(in.refuses(delete_row(77, {'K', texts({"1", "b", "n"})})));
    CHECK(in.refuses(truncate({77})));
}

TEST_CASE("an announcement does not outlive its session") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(orders()));
    in.change_of(insert(77, texts({"1", "b", "n"})));
    in.new_session();
    in.expect(step::begin, begin({0x100}));
    CHECK(in.refuses(insert(77, texts({"1", "b", "n"}))));
    in.expect(step::relation, relation(orders()));
    CHECK_FALSE(in.assembler.announced().changed);
    in.change_of(insert(77, texts({"1", "b", "n"})));
}

TEST_CASE("a row is seen through the definition that was announced before it") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(orders()));
    CHECK(in.change_of(insert(77, texts({"1", "b", "n"}))).table->columns.size() == 3);
    auto wider = orders();
    wider.columns.push_back({"extra"});
    in.expect(step::relation, relation(wider));
    const auto& made = in.change_of(insert(77, texts({"2", "b", "n", "e"})));
    REQUIRE(made.table->columns.size() == 4);
    CHECK(made.table->columns[3].name == "extra");
    CHECK(made.at.sequence == 2);
    CHECK(in.refuses(insert(77, texts({"3", "b", "n"}))));
}

TEST_CASE("rows of two tables in turn find their own") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(numbered(5)));
    in.expect(step::relation, relation(numbered(6)));
    for (int i = 0; i < 3; ++i) {
        CHECK(in.change_of(insert(5, texts({"1"}))).table->name == "t5");
        CHECK(in.change_of(insert(6, texts({"1"}))).table->name == "t6");
    }
}

TEST_CASE("a dropped and recreated table is another one of the same name") {
    assembling in;
    in.expect(step::relation, relation(orders()));
    auto again = orders();
    again.id = 99;
    in.expect(step::relation, relation(again));
    CHECK(in.assembler.announced().changed);
    CHECK(in.assembler.announced().table->slot == 1);
}
