#include "lib/encode/readable.hpp"

#include "decoders/pgoutput/decoder.hpp"
#include "lib/change/assembler.hpp"
#include "tests/support/pgoutput_builder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace walferry::encode {
namespace {

using test::cell;

// What the messages of one transaction on `public.t (id, label)` look like.
std::string shown(const std::vector<std::string>& messages, char identity = 'd',
                  readable::look look = {}) {
    readable lines{look};
    change::assembler put_together;
    pgoutput::decoder decoder;
    pgoutput::message message;
    std::string out;
    auto all = messages;
    bool full = identity == 'f';
    all.insert(
        all.begin(),
        {test::begin({0x10}, 0, 7),
         test::relation(
             {5, "public", "t", {{"id", 23, true, -1}, {"label", 25, full, -1}}, identity})});
    all.push_back(test::commit({0x10}, {0x20}));
    std::size_t count = 0;
    for (const auto& bytes : all) {
        REQUIRE(decoder.decode(bytes, message) == pgoutput::defect::none);
        auto step = put_together.apply(message, {0x8});
        REQUIRE(step);
        if (*step == change::step::begin) {
            lines.open(out, put_together.current());
        } else if (*step == change::step::changes) {
            for (const auto& one : put_together.changes()) {
                lines.add(out, one);
                ++count;
            }
        } else if (*step == change::step::commit) {
            lines.close(out, put_together.current(), count);
        }
    }
    return out;
}

TEST_CASE("a transaction is bracketed and each change has its sign") {
    CHECK(shown({test::insert(5, test::texts({"1", "a"})),
                 test::delete_row(5, {'K', {test::text("1"), test::null()}})}) ==
          "┌ 2000-01-01T00:00:00.000000Z  xid 7\n"
          "│ + public.t  id=1  label=a\n"
          "│ - public.t  id=1\n"
          "└ 2 changes  commit 0/10\n");
}

TEST_CASE("an update shows old and new side by side as far as the old is known") {
    auto before = test::old_cells{'O', test::texts({"1", "a"})};
    CHECK(shown({test::update(5, test::texts({"1", "b"}), before)}, 'f')
              .find("│ ~ public.t  id=1  label: a → b\n") != std::string::npos);
    CHECK(shown({test::update(5, {test::text("1"), test::unchanged()})})
              .find("│ ~ public.t  id=1  label=(unchanged)\n") != std::string::npos);
    CHECK(shown({test::update(5, {test::text("2"), test::null()},
                              test::old_cells{'K', {test::text("1"), test::null()}})})
              .find("│ ~ public.t  id: 1 → 2  label=null\n") != std::string::npos);
}

TEST_CASE("what a terminal would obey is shown, and long values are cut between characters") {
    CHECK(shown({test::insert(5, test::texts({"1", "a\x1b[31m\nb"}))})
              .find("label=a\\x1b[31m\\nb\n") != std::string::npos);
    readable::look look;
    look.value_max = 4;
    CHECK(shown({test::insert(5, test::texts({"1", "abcéf"}))}, 'd', look).find("label=abc…\n") !=
          std::string::npos);
}

TEST_CASE("as JSON a change has its position, and only what is known of the old row") {
    change::relation table;
    table.schema = "public";
    table.name = "t";
    table.columns = {{"id", 23, -1, true}, {"label", 25, -1, false}};
    using pgoutput::value_kind;
    std::vector<pgoutput::column_value> before{{value_kind::text, "1"}, {value_kind::null, {}}};
    std::vector<pgoutput::column_value> after{{value_kind::text, "2"}, {value_kind::unchanged, {}}};
    change::change what;
    what.what = change::operation::update;
    what.table = &table;
    what.at = {{0x10}, 3};
    what.before_kind = pgoutput::old_row::key;
    what.before = before;
    what.after = after;
    auto parsed = nlohmann::json::parse(readable_json(what));
    CHECK(parsed == nlohmann::json::parse(R"({"op":"u","position":"0/10:3","schema":"public",
        "table":"t","row":{"id":"2"},"old":{"id":"1"},"unchanged":["label"]})"));
}

}  // namespace
}  // namespace walferry::encode
