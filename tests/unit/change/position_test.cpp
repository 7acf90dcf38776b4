// A change has the same position on every delivery: the ordinal counts every change that PostgreSQL
// sends in a transaction and nothing else.

#include "tests/unit/change/assembling.hpp"

using namespace walferry::test;
using namespace walferry;
using change::step;

namespace {

const table_spec second{78, "public", "lines", {{"id", 23, true}}, 'd'};

}  // namespace

TEST_CASE("ordinals begin at 1 in every transaction") {
    assembling in;
    in.expect(step::relation, relation(second));
    for (std::uint64_t at : {0x100u, 0x200u}) {
        in.expect(step::begin, begin({at}));
        CHECK(in.change_of(insert(78, texts({"1"}))).at == position{{at}, 1});
        CHECK(in.change_of(insert(78, texts({"2"}))).at == position{{at}, 2});
        in.expect(step::commit, commit({at}, {at + 1}));
    }
}

TEST_CASE("relations, types and origins do not count") {
    // Whether they are sent again depends on what the walsender has in its cache.
    auto positions = [](bool announced_again) {
        assembling in;
        in.expect(step::begin, begin({0x100}));
        in.expect(step::nothing, origin({1}, "o"));
        in.expect(step::relation, relation(second));
        std::vector<position> seen{in.change_of(insert(78, texts({"1"}))).at};
        if (announced_again) {
            in.expect(step::nothing, type(16391, "public", "mood"));
            in.expect(step::relation, relation(second));
        }
        seen.push_back(in.change_of(delete_row(78, {'K', texts({"1"})})).at);
        seen.push_back(in.change_of(logical_message(true, {0x99}, "p", "c")).at);
        return seen;
    };
    CHECK(positions(false) == std::vector<position>{{{0x100}, 1}, {{0x100}, 2}, {{0x100}, 3}});
    CHECK(positions(true) == positions(false));
}

TEST_CASE("a truncate of several relations is as many changes, in their order") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(orders()));
    in.expect(step::relation, relation(second));
    CHECK(in.change_of(insert(78, texts({"1"}))).at.sequence == 1);
    in.expect(step::changes, truncate({78, 77}, 1), {0x90});
    auto all = in.assembler.changes();
    REQUIRE(all.size() == 2);
    CHECK(all[0].table->name == "lines");
    CHECK(all[1].table->name == "orders");
    CHECK(all[0].at == position{{0x100}, 2});
    CHECK(all[1].at == position{{0x100}, 3});
    for (const auto& made : all) {
        CHECK(made.what == change::operation::truncate);
        CHECK(made.change_lsn == lsn{0x90});
        CHECK(made.truncated->cascade);
        CHECK_FALSE(made.truncated->restart_identity);
        CHECK(made.before.empty());
        CHECK(made.after.empty());
    }
    CHECK(in.change_of(insert(78, texts({"2"}))).at.sequence == 4);
}

TEST_CASE("a truncate with an unannounced relation is refused as a whole") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(second));
    CHECK(in.refuses(truncate({78, 77})));
}

TEST_CASE("a message between transactions has its own LSN and the ordinal 0") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::commit, commit({0x100}, {0x130}));
    const auto& made = in.change_of(logical_message(false, {0x180}, "pre", "content"), {0x180});
    CHECK(made.at == position{{0x180}, 0});
    CHECK(made.change_lsn == lsn{0x180});
    CHECK(made.in == nullptr);
    CHECK(made.table == nullptr);
    CHECK(made.what == change::operation::message);
    CHECK(made.message->prefix == "pre");
    CHECK(made.message->content == "content");
    CHECK_FALSE(in.assembler.in_transaction());
    // Its LSN may be that of the next commit record: the ordinal tells them apart, in order.
    in.expect(step::relation, relation(second));
    auto message_at = made.at;
    in.expect(step::begin, begin({0x180}));
    auto first = in.change_of(insert(78, texts({"1"}))).at;
    CHECK(message_at < first);
    CHECK(first == position{{0x180}, 1});
}

TEST_CASE("a transactional message counts like a row") {
    assembling in;
    in.expect(step::begin, begin({0x100}, 0, 9));
    const auto& made = in.change_of(logical_message(true, {0x90}, "pre", "c"), {0x88});
    CHECK(made.at == position{{0x100}, 1});
    CHECK(made.change_lsn == lsn{0x88});
    CHECK(made.in->xid == 9);
}
