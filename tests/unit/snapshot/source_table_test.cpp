#include "lib/snapshot/source_table.hpp"

#include <catch2/catch.hpp>

using namespace walferry::snapshot;

namespace {

table_shape orders_shape() {
    table_shape shape;
    shape.id = 7;
    shape.schema = "public";
    shape.name = "Orders";
    shape.columns = {{"id", 23, -1, true}, {"say \"hi\"", 25, -1, false}};
    return shape;
}

}  // namespace

TEST_CASE("rows are read as the publication says, without those of children") {
    auto shape = orders_shape();
    CHECK(copy_statement(shape, {}) ==
          R"(COPY (SELECT "id", "say ""hi""" FROM ONLY "public"."Orders") TO STDOUT)");
    shape.row_filter = "id > 3";
    CHECK(
        copy_statement(shape, {8, 16})
            .ends_with(
                R"("Orders" WHERE (id > 3) AND ctid >= '(8,0)'::tid AND ctid < '(16,0)'::tid) TO STDOUT)"));
    shape.partitioned = true;
    CHECK(copy_statement(shape, {}).find("ONLY") == std::string::npos);
}

TEST_CASE("ranges cover a table without gaps, the last one without end") {
    table_size table;
    table.pages = 100'000;
    CHECK(ranges_of(table, 1).size() == 1);
    auto parts = ranges_of(table, 3);
    REQUIRE(parts.size() > 3);
    CHECK(parts.front().first == 0);
    for (std::size_t i = 1; i < parts.size(); ++i) {
        CHECK(parts[i - 1].last == parts[i].first);
    }
    CHECK_FALSE(parts.back().last);
    table.pages = 100;
    CHECK(ranges_of(table, 8).front().whole());
    table.pages = 100'000;
    table.partitioned = true;
    CHECK(ranges_of(table, 8).size() == 1);
}

TEST_CASE("a table is announced as the stream would announce it") {
    std::vector<walferry::pgoutput::relation_column> columns;
    auto shape = orders_shape();
    auto relation = relation_of(shape, columns);
    CHECK(relation.id == 7);
    CHECK(relation.columns.size() == 2);
    CHECK(relation.columns[0].in_identity);
    CHECK(relation.columns[1].name == "say \"hi\"");
}
