#include "lib/snapshot/row_text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using walferry::pgoutput::value_kind;
using walferry::snapshot::row_text;

namespace {

std::vector<std::string> read(const std::string& line, std::size_t columns) {
    row_text row;
    REQUIRE(row.read(line, columns));
    std::vector<std::string> found;
    for (const auto& value : row.values()) {
        found.push_back(value.kind == value_kind::null ? "<null>" : std::string{value.bytes});
    }
    return found;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("columns stand between tabs, with or without the line's end") {
    CHECK(read("1\tab\t\n", 3) == texts{"1", "ab", ""});
    CHECK(read("1\tab\t", 3) == texts{"1", "ab", ""});
    CHECK(read("\n", 1) == texts{""});
    CHECK(read("\n", 0).empty());
}

TEST_CASE("NULL is only the whole field") {
    CHECK(read("\\N\t\\\\N\tN\n", 3) == texts{"<null>", "\\N", "N"});
}

TEST_CASE("every escape that PostgreSQL writes is undone") {
    CHECK(read("\\b\\f\\n\\r\\t\\v\\\\\n", 1) == texts{"\b\f\n\r\t\v\\"});
    CHECK(read("a\\tb\tplain\tc\\\\\\nd\n", 3) == texts{"a\tb", "plain", "c\\\nd"});
}

TEST_CASE("unescaped columns do not move one another") {
    std::string line;
    texts expected;
    for (int i = 0; i < 200; ++i) {
        line += (i == 0 ? "" : "\t") + std::string(100, 'x') + "\\\\" + std::to_string(i);
        expected.push_back(std::string(100, 'x') + "\\" + std::to_string(i));
    }
    CHECK(read(line + "\n", 200) == expected);
}

TEST_CASE("another number of columns is no row") {
    row_text row;
    CHECK_FALSE(row.read("1\t2\n", 1));
    CHECK_FALSE(row.read("1\t2\n", 3));
    CHECK_FALSE(row.read("1\n", 0));
}
