#include "tests/unit/change/assembling.hpp"

using namespace walferry::test;
using namespace walferry;
using change::operation;
using change::step;

TEST_CASE("a transaction from its begin to its commit") {
    assembling in;
    CHECK_FALSE(in.assembler.in_transaction());
    in.expect(step::begin, begin({0x100}, 5, 751));
    CHECK(in.assembler.in_transaction());
    CHECK(in.assembler.current().xid == 751);
    CHECK(in.assembler.current().commit_lsn == lsn{0x100});
    CHECK(in.assembler.current().commit_time.microseconds == postgres_epoch_us + 5);
    in.expect(step::relation, relation(orders()));
    const auto& made = in.change_of(insert(77, texts({"1", "b", "n"})), {0x90});
    CHECK(made.what == operation::insert);
    CHECK(to_string(*made.table) == "public.orders");
    CHECK(made.in->xid == 751);
    CHECK(made.change_lsn == lsn{0x90});
    CHECK(made.before.empty());
    CHECK(made.before_kind == pgoutput::old_row::none);
    CHECK(cells_of(made.after) == texts({"1", "b", "n"}));
    in.expect(step::commit, commit({0x100}, {0x130}));
    CHECK_FALSE(in.assembler.in_transaction());
    CHECK(in.assembler.end_lsn() == lsn{0x130});
}

TEST_CASE("every kind of row change carries what PostgreSQL sent, and no more") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(orders('f')));
    auto old_row = texts({"1", "b", "n"});
    {
        const auto& made =
            in.change_of(update(77, texts({"1", "c", "n"}), old_cells{'O', old_row}));
        CHECK(made.what == operation::update);
        CHECK(made.before_kind == pgoutput::old_row::full);
        CHECK(cells_of(made.before) == old_row);
        CHECK(cells_of(made.after) == texts({"1", "c", "n"}));
    }
    {
        const auto& made = in.change_of(delete_row(77, {'O', old_row}));
        CHECK(made.what == operation::delete_row);
        CHECK(made.before_kind == pgoutput::old_row::full);
        CHECK(cells_of(made.before) == old_row);
        CHECK(made.after.empty());
    }
    {
        const auto& made = in.change_of(update(77, texts({"1", "d", "n"})));
        CHECK(made.before_kind == pgoutput::old_row::none);
        CHECK(made.before.empty());
    }
}

TEST_CASE("an origin belongs to its own transaction only") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::nothing, origin({0x42}, "elsewhere"));
    CHECK(in.assembler.current().origin == "elsewhere");
    CHECK(in.assembler.current().origin_lsn == lsn{0x42});
    in.bytes.assign(in.bytes.size(), '?');  // the name must not be borrowed from the message
    CHECK(in.assembler.current().origin == "elsewhere");
    in.expect(step::commit, commit({0x100}, {0x130}));
    in.expect(step::begin, begin({0x200}));
    CHECK(in.assembler.current().origin.empty());
    CHECK(in.assembler.current().origin_lsn == lsn{});
}

TEST_CASE("what the protocol does not allow is refused") {
    assembling in;
    SECTION("a begin inside a transaction") {
        in.expect(step::begin, begin({0x100}));
        CHECK(in.refuses(begin({0x200})));
    }
    SECTION("a commit without begin") {
        CHECK(in.refuses(commit({0x100}, {0x130})));
    }
    SECTION("the commit of another transaction") {
        in.expect(step::begin, begin({0x100}));
        CHECK(in.refuses(commit({0x101}, {0x130})));
    }
    SECTION("a commit that ends before it begins") {
        in.expect(step::begin, begin({0x100}));
        CHECK(in.refuses(commit({0x100}, {0xff})));
    }
    SECTION("a second commit") {
        in.expect(step::begin, begin({0x100}));
        in.expect(step::commit, commit({0x100}, {0x130}));
        CHECK(in.refuses(commit({0x100}, {0x130})));
    }
    SECTION("an origin outside of a transaction") {
        CHECK(in.refuses(origin({}, "elsewhere")));
    }
    SECTION("rows outside of a transaction") {
        in.expect(step::relation, relation(orders()));
        auto row = texts({"1", "b", "n"});
        CHECK(in.refuses(insert(77, row)));
        CHECK(in.refuses(update(77, row)));
        CHECK(in.refuses(delete_row(77, {'K', row})));
        CHECK(in.refuses(truncate({77})));
    }
    SECTION("even a truncate of nothing") {
        CHECK(in.refuses(truncate({})));
    }
    SECTION("streamed and two-phase messages, which nobody asked for") {
        CHECK(in.refuses(stream_start(6, true)));
        CHECK(in.refuses(stream_stop()));
        CHECK(in.refuses(stream_commit(6, {1}, {2})));
        CHECK(in.refuses(stream_abort(6, 6)));
        CHECK(in.refuses(begin_prepare({1}, {2}, 3, "gid")));
        CHECK(in.refuses(commit_prepared({1}, {2}, 3, "gid")));
    }
    SECTION("a transactional message outside of a transaction") {
        CHECK(in.refuses(logical_message(true, {0x10}, "p", "c")));
    }
    SECTION("a message of its own inside a transaction") {
        in.expect(step::begin, begin({0x100}));
        CHECK(in.refuses(logical_message(false, {0x10}, "p", "c")));
    }
}

TEST_CASE("rows with another number of columns than their relation are refused") {
    auto columns = GENERATE(0, 1, 2, 4);
    cells wrong(static_cast<std::size_t>(columns), text("x"));
    auto right = texts({"1", "b", "n"});
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(orders('f')));
    CHECK(in.refuses(insert(77, wrong)));
    CHECK(in.refuses(update(77, wrong)));
    CHECK(in.refuses(update(77, wrong, old_cells{'O', right})));
    CHECK(in.refuses(update(77, right, old_cells{'O', wrong})));
    CHECK(in.refuses(delete_row(77, {'O', wrong})));
}

TEST_CASE("a new session drops the open transaction; it comes again from its begin") {
    assembling in;
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(orders()));
    CHECK(in.change_of(insert(77, texts({"1", "b", "n"}))).at.sequence == 1);
    in.new_session();
    CHECK_FALSE(in.assembler.in_transaction());
    in.expect(step::begin, begin({0x100}));
    in.expect(step::relation, relation(orders()));
    CHECK(in.change_of(insert(77, texts({"1", "b", "n"}))).at == position{{0x100}, 1});
}
