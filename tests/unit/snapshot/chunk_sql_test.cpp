#include "lib/snapshot/chunk_sql.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::snapshot;
using Catch::Matchers::Contains;

namespace {

table_shape orders() {
    table_shape shape;
    shape.id = 7;
    shape.schema = "public";
    shape.name = "orders";
    shape.columns = {{"id", 23, -1, true}, {"b", 25, -1, true}, {"body", 25, -1, false}};
    return shape;
}

table_key key_of(const std::vector<std::string>& columns) {
    table_key key;
    for (const auto& name : columns) {
        key.columns.push_back({name, name == "id" ? "int4send" : ""});
    }
    return key;
}

}  // namespace

TEST_CASE("a chunk is read behind the last key, up to the last one that is wanted") {
    auto shape = orders();
    shape.row_filter = "id > 3";
    chunk_request wanted;
    wanted.where = "body = 'x' -- why";
    wanted.after = key_values{"7", "it's"};
    wanted.until = key_values{"9", ""};
    CHECK(chunk_statement(shape, key_of({"id", "b"}), wanted, 10) ==
          "COPY (SELECT \"id\", \"b\", \"body\" FROM ONLY \"public\".\"orders\" WHERE true"
          " AND (id > 3) AND (body = 'x' -- why\n) AND (\"id\", \"b\") > ('7', 'it''s')"
          " AND (\"id\", \"b\") <= ('9', '') ORDER BY \"id\", \"b\" LIMIT 10) TO STDOUT");
}

TEST_CASE("with binary values the key comes in its binary form, too, where there is one") {
    chunk_request wanted;
    wanted.binary = true;
    const auto key = key_of({"id", "b"});
    CHECK_THAT(chunk_statement(orders(), key, wanted, 1),
               Contains("\"body\", pg_catalog.encode(int4send(\"id\"), 'hex') FROM"));
    chunk_reading lines{orders(), key, true};
    chunk read;
    REQUIRE(lines.add("258\ta\\tb\tlong\t00000102\n", read));
    CHECK(read.rows.line(0) == "258\ta\\tb\tlong");
    std::string expected;
    append_key_part(expected, std::string_view{"\0\0\1\2", 4});
    append_key_part(expected, "a\tb");
    CHECK(read.rows.key(0) == expected);
    CHECK(read.last == key_values{"258", "a\tb"});
    CHECK_FALSE(lines.add("258\ta\tlong\n", read));
}

TEST_CASE("a key must be published and told by changes") {
    auto shape = orders();
    CHECK(choose_key({key_of({"id", "b"})}, shape));
    CHECK(choose_key({key_of({"body"}), key_of({"id"})}, shape)->names() ==
          std::vector<std::string>{"id"});
    CHECK_THAT(choose_key({}, shape).error().message, Contains("no primary key"));
    CHECK_THAT(choose_key({key_of({"hidden"})}, shape).error().message,
               Contains("the publication leaves"));
    CHECK_THAT(choose_key({key_of({"body"})}, shape).error().message, Contains("replica identity"));
    for (auto& column : shape.columns) {
        column.in_identity = false;  // only inserts are published
    }
    CHECK(choose_key({key_of({"body"})}, shape));
}
