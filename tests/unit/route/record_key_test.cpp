// The rule of record_key.hpp as a table: identity, what the catalog says, what is configured.

#include "lib/route/record_key.hpp"

#include "tests/unit/route/tables.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace walferry;
using namespace walferry::test;

namespace {

struct row {
    const char* what;
    change::relation table;
    std::optional<change::table_description> description;
    std::optional<names> configured;
    names key;
};

change::table_description described(names primary_key, names unique_key = {},
                                    names identity_index = {}, const names& not_null = {}) {
    change::table_description made;
    made.primary_key = std::move(primary_key);
    made.unique_key = std::move(unique_key);
    made.identity_index = std::move(identity_index);
    for (const auto& name : {"a", "b", "c"}) {
        auto& column = made.columns.emplace_back();
        column.name = name;
        column.not_null = std::find(not_null.begin(), not_null.end(), name) != not_null.end();
    }
    return made;
}

const names abc{"a", "b", "c"};

const row rows[] = {
    {"default: the primary key that is flagged", table_of('d', abc, {"b"}), {}, {}, {"b"}},
    {"default: in table order without the catalog",
     table_of('d', abc, {"c", "a"}),
     {},
     {},
     {"a", "c"}},
    {"default: in index order with it",
     table_of('d', abc, {"a", "c"}),
     described({"c", "a"}),
     {},
     {"c", "a"}},
    {"default: a catalog of another time is not believed",
     table_of('d', abc, {"a", "c"}),
     described({"b"}),
     {},
     {"a", "c"}},
    {"default: nor one with more columns",
     table_of('d', abc, {"a"}),
     described({"a", "b"}),
     {},
     {"a"}},
    {"default: nor one that names a dropped column",
     table_of('d', abc, {"a"}),
     described({"dropped"}),
     {},
     {"a"}},
    {"default without primary key: none", table_of('d', abc), described({}), {}, {}},
    {"default without primary key: a unique index stands in",
     table_of('d', abc),
     described({}, {"b"}, {}, {"b"}),
     {},
     {"b"}},
    {"default without primary key: not over nullable columns",
     table_of('d', abc),
     described({}, {"a", "b"}, {}, {"b"}),
     {},
     {}},
    {"index: its columns, because a delete has no others",
     table_of('i', abc, {"b"}),
     described({"a"}, {}, {"b"}),
     {},
     {"b"}},
    {"index: in its order",
     table_of('i', abc, {"a", "b"}),
     described({"c"}, {}, {"b", "a"}),
     {},
     {"b", "a"}},
    {"index: without the catalog in table order",
     table_of('i', abc, {"c", "b"}),
     {},
     {},
     {"b", "c"}},
    {"index that was dropped: no key", table_of('i', abc), described({"a"}), {}, {}},
    {"full: the primary key", table_of('f', abc), described({"b", "a"}), {}, {"b", "a"}},
    {"full: a unique index without primary key",
     table_of('f', abc),
     described({}, {"c"}, {}, {"c"}),
     {},
     {"c"}},
    {"full: nothing known, no key", table_of('f', abc), {}, {}, {}},
    {"full: a primary key of another time is no key", table_of('f', abc), described({"x"}), {}, {}},
    {"full: a key column was renamed since",
     table_of('f', {"a", "old", "c"}),
     described({"b", "a"}),
     {},
     {"old", "a"}},
    {"full: all columns of the key were",
     table_of('f', {"x", "y", "c"}),
     described({"b", "a"}),
     {},
     {"y", "x"}},
    {"full: another column was renamed, too: not guessed",
     table_of('f', {"a", "x", "y"}),
     described({"b"}),
     {},
     {}},
    {"full: nor when there are more columns today",
     table_of('f', {"a", "x"}),
     described({"b"}),
     {},
     {}},
    {"default: in index order although a column was renamed since",
     table_of('d', {"x", "b", "c"}, {"x", "c"}),
     described({"c", "a"}),
     {},
     {"c", "x"}},
    {"nothing: the primary key", table_of('n', abc), described({"a"}), {}, {"a"}},
    {"configured: in the order of the configuration",
     table_of('f', abc),
     described({"a"}),
     names{"c", "b"},
     {"c", "b"}},
    {"configured: within the identity", table_of('d', abc, {"a", "b"}), {}, names{"b"}, {"b"}},
    {"configured: of a table without deletes", table_of('n', abc), {}, names{"c"}, {"c"}},
};

}  // namespace

TEST_CASE("the key of a table") {
    for (const auto& it : rows) {
        CAPTURE(it.what);
        auto key = route::record_key(it.table, it.description ? &*it.description : nullptr,
                                     it.configured ? &*it.configured : nullptr);
        REQUIRE(key);
        names chosen;
        for (auto index : *key) {
            REQUIRE(index < it.table.columns.size());
            chosen.push_back(it.table.columns[index].name);
        }
        CHECK(chosen == it.key);
    }
}

TEST_CASE("a configured key that deletes do not carry is refused with its cure") {
    names configured{"b"};
    auto identity = GENERATE('d', 'i');
    auto key = route::record_key(table_of(identity, abc, {"a"}), nullptr, &configured);
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == error_kind::table_unfit);
    CHECK(key.error().message.find("\"b\"") != std::string::npos);
    CHECK(key.error().message.find("public.t") != std::string::npos);
    CHECK(key.error().hint.find("REPLICA IDENTITY FULL") != std::string::npos);
}

TEST_CASE("a configured column that does not exist is refused") {
    names configured{"a", "z"};
    auto key = route::record_key(table_of('f', abc), nullptr, &configured);
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == error_kind::table_unfit);
    CHECK(key.error().message.find("\"z\"") != std::string::npos);
}
