// PostgreSQL does not send a TOASTed value that an UPDATE left alone. Where the message tells it
// all the same it is filled in; where not, it stays unchanged and is never invented.

#include "tests/unit/change/assembling.hpp"

using namespace walferry::test;
using namespace walferry;
using change::step;

namespace {

// The row after an update that was sent like this; `body` is not, `note` is part of the row.
cells after_of(char identity, std::vector<bool> in_identity, const cells& after,
               const std::optional<old_cells>& before) {
    auto table = orders(identity);
    for (std::size_t i = 0; i < in_identity.size(); ++i) {
        table.columns[i].in_identity = in_identity[i];
    }
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(table));
    return cells_of(in.change_of(update(77, after, before)).after);
}

const cells sent{text("1"), unchanged(), text("new")};

}  // namespace

TEST_CASE("the whole old row fills every unchanged value") {
    auto old_row = texts({"1", "long", "old"});
    CHECK(after_of('f', {true, true, true}, sent, old_cells{'O', old_row}) ==
          texts({"1", "long", "new"}));
    CHECK(after_of('f', {true, true, true}, cells(3, unchanged()), old_cells{'O', old_row}) ==
          old_row);
}

TEST_CASE("an old NULL is filled in as NULL, an old binary as binary") {
    CHECK(after_of('f', {}, sent, old_cells{'O', {text("1"), null(), null()}}) ==
          cells{text("1"), null(), text("new")});
    CHECK(after_of('f', {}, sent, old_cells{'O', {text("1"), binary("\x01"), null()}}) ==
          cells{text("1"), binary("\x01"), text("new")});
}

TEST_CASE("an old key fills the values of the identity only") {
    // The null of a column outside of the identity says nothing about its value.
    old_cells key{'K', {text("0"), null(), null()}};
    CHECK(after_of('i', {true, false, false}, sent, key) == sent);
    old_cells wide_key{'K', {text("0"), text("long"), null()}};
    CHECK(after_of('i', {true, true, false}, sent, wide_key) == texts({"1", "long", "new"}));
    CHECK(after_of('i', {false, true, false}, {unchanged(), unchanged(), unchanged()}, wide_key) ==
          cells{unchanged(), text("long"), unchanged()});
}

TEST_CASE("without an old row an unchanged value stays unchanged, also in the identity") {
    CHECK(after_of('d', {true, true, false}, sent, std::nullopt) == sent);
}

TEST_CASE("an old row that does not tell the value either leaves it unchanged") {
    CHECK(after_of('f', {}, sent, old_cells{'O', {text("1"), unchanged(), null()}}) == sent);
}

TEST_CASE("filling one row leaves nothing behind for the next") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(orders('f')));
    in.change_of(update(77, sent, old_cells{'O', texts({"1", "first", "old"})}));
    CHECK(cells_of(in.change_of(update(77, sent)).after) == sent);
    const auto& made =
        in.change_of(update(77, sent, old_cells{'O', texts({"2", "second", "old"})}));
    CHECK(cells_of(made.after) == texts({"1", "second", "new"}));
    CHECK(cells_of(made.before) == texts({"2", "second", "old"}));
}
