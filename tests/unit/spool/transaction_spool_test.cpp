#include "lib/spool/transaction_spool.hpp"

#include "tests/support/pgoutput_builder.hpp"
#include "tests/support/spool_storage.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <string>
#include <vector>

using namespace walferry;
using namespace walferry::test;

namespace {

constexpr spool::limits small{64 * 1024, 64 << 20};

struct play {
    explicit play(spool::limits most = small)
        : spool(most, std::make_unique<memory_storage>(disk)) {}

    void block(transaction_id xid,
               const std::vector<std::pair<transaction_id, std::string>>& what) {
        REQUIRE(spool.begin_block(xid, first.insert(xid).second));
        for (const auto& [by, message] : what) {
            REQUIRE(spool.add(in_block(by, message), ++at));
        }
        REQUIRE(spool.end_block());
    }

    std::vector<std::string> commit(transaction_id xid) {
        REQUIRE(spool.open(xid));
        std::vector<std::string> found;
        walferry::spool::entry next;
        for (;;) {
            auto read = spool.next(next);
            REQUIRE(read);
            if (!*read) {
                return found;
            }
            found.emplace_back(next.message);
        }
    }

    memory_storage::watch disk;
    spool::transaction_spool spool;
    std::set<transaction_id> first;
    std::uint64_t at = 1000;
};

std::string row(int number, std::size_t size = 10) {
    return insert(77, texts({std::to_string(number), std::string(size, 'x')}));
}

std::string announced(const char* column) {
    table_spec table;
    table.id = 77;
    table.name = "orders";
    table.columns = {{column, 25, true}};
    return relation(table);
}

}  // namespace

TEST_CASE("blocks of several transactions come out as each was sent, at its commit") {
    play with;
    with.block(10, {{10, row(1)}, {11, row(2)}});
    with.block(20, {{20, row(3)}});
    with.block(10, {{10, row(4)}});
    CHECK(with.commit(20) == std::vector{row(3)});
    CHECK(with.commit(10) == std::vector{row(1), row(2), row(4)});
    CHECK(with.spool.empty());
    CHECK(with.spool.memory_bytes() == 0);
}

TEST_CASE("an entry tells the LSN of its frame and the subtransaction") {
    play with;
    with.block(10, {{11, row(1)}});
    REQUIRE(with.spool.open(10));
    spool::entry next;
    REQUIRE(with.spool.next(next));
    CHECK(next.at == 1001);
    CHECK(next.xid == 11);
}

TEST_CASE("aborted subtransactions are left out, with those that were nested in them") {
    play with;
    with.block(10, {{10, row(1)}, {11, row(2)}, {12, row(3)}});
    REQUIRE(with.spool.abort(10, 12));
    REQUIRE(with.spool.abort(10, 11));
    with.block(10, {{13, row(4)}, {10, row(5)}});
    REQUIRE(with.spool.abort(10, 99));  // nothing of it was ever sent
    CHECK(with.commit(10) == std::vector{row(1), row(4), row(5)});
}

TEST_CASE("an aborted transaction is gone, and one that was never seen is nobody's") {
    play with;
    with.block(10, {{10, row(1)}});
    CHECK(with.spool.abort(20, 20) == false);
    CHECK(with.spool.abort(10, 10) == true);
    CHECK(with.spool.empty());
    CHECK(with.spool.memory_bytes() == 0);
    CHECK_FALSE(with.spool.open(10));
}

TEST_CASE("a message and a savepoint that is rolled back behind it cannot be told apart") {
    play with;
    with.block(10, {{10, logical_message(true, {5}, "note", "text")}, {11, row(1)}});
    const auto aborted = with.spool.abort(10, 11);
    REQUIRE_FALSE(aborted);
    CHECK(aborted.error().kind == error_kind::server_error);
}

TEST_CASE("a message behind the savepoint that was rolled back is kept") {
    play with;
    const auto message = logical_message(true, {5}, "note", "text");
    with.block(10, {{10, row(1)}, {11, row(2)}});
    REQUIRE(with.spool.abort(10, 11));
    with.block(10, {{10, message}});
    CHECK(with.commit(10) == std::vector{row(1), message});
}

TEST_CASE("what memory does not hold goes to the disk and comes back in order") {
    play with;
    std::vector<std::string> sent;
    std::mt19937 dice{7};
    for (int number = 0; number < 4000; ++number) {
        sent.push_back(row(number, dice() % 400));
        with.block(10, {{10, sent.back()}});
        CHECK(with.spool.memory_bytes() <= small.memory_bytes + 4096);
    }
    CHECK(with.spool.disk_bytes() > 0);
    CHECK(with.commit(10) == sent);
    CHECK(with.spool.disk_bytes() == 0);
    CHECK(with.disk.discarded >= with.disk.bytes.size());
}

TEST_CASE("a row larger than an extent, and than memory, passes") {
    play with;
    const auto large = row(2, 1'000'000);
    with.block(10, {{10, row(1)}, {10, large}, {10, row(3)}});
    CHECK(with.commit(10) == std::vector{row(1), large, row(3)});
}

TEST_CASE("the extents of what was rolled back serve those that come") {
    spool::limits tight{64 * 1024, 4 * spool::extents::size};
    play with{tight};
    for (transaction_id xid = 10; xid < 40; ++xid) {
        for (int number = 0; number < 30; ++number) {
            with.block(xid, {{xid, row(number, 20'000)}});
        }
        REQUIRE(with.spool.abort(xid, xid));
    }
    CHECK(with.spool.disk_bytes() == 0);
}

TEST_CASE("more than the disk may hold is an error that names the key") {
    play with{{64 * 1024, spool::extents::size}};
    REQUIRE(with.spool.begin_block(10, true));
    result<void> added;
    for (int number = 0; added && number < 1000; ++number) {
        added = with.spool.add(in_block(10, row(number, 20'000)), 1);
    }
    REQUIRE_FALSE(added);
    CHECK(added.error().kind == error_kind::output_failed);
    CHECK(added.error().message.find("source.spool.disk") != std::string::npos);
    with.spool.clear();
    CHECK(with.spool.empty());
    CHECK(with.spool.disk_bytes() == 0);
}

TEST_CASE("a disk that is full or cannot be read is told") {
    play with;
    with.block(10, {{10, row(1, 300'000)}});
    REQUIRE(with.spool.open(10));
    with.disk.unreadable = true;
    spool::entry next;
    CHECK_FALSE(with.spool.next(next));
    with.spool.clear();
    with.disk.full = true;
    REQUIRE(with.spool.begin_block(20, true));
    CHECK_FALSE(with.spool.add(in_block(20, row(1, 300'000)), 1));
}

TEST_CASE("tables are announced again in the order of the wire") {
    play with;
    with.block(10, {{10, announced("early")}, {10, row(1)}});
    with.spool.heard(announced("later"));
    CHECK(with.commit(10) == std::vector{announced("early"), row(1), announced("later")});
    with.spool.heard(announced("nobody waits"));
    with.block(20, {{20, announced("newest")}});
    CHECK(with.commit(20) == std::vector{announced("newest")});
}

TEST_CASE("an announcement of an aborted subtransaction is forgotten with it") {
    play with;
    with.block(10, {{11, announced("rolled back")}, {11, row(1)}});
    REQUIRE(with.spool.abort(10, 11));
    with.block(10, {{10, announced("as it is")}, {10, row(2)}});
    CHECK(with.commit(10) == std::vector{announced("as it is"), row(2)});
}

TEST_CASE("what no walsender sends is a violation") {
    play with;
    CHECK_FALSE(with.spool.begin_block(10, false));
    REQUIRE(with.spool.begin_block(10, true));
    CHECK_FALSE(with.spool.begin_block(11, true));
    CHECK_FALSE(with.spool.add(begin({5}), 1));
    CHECK_FALSE(with.spool.add("I", 1));
    CHECK_FALSE(with.spool.add("", 1));
    CHECK_FALSE(with.spool.open(10));  // its block is open
    REQUIRE(with.spool.end_block());
    CHECK_FALSE(with.spool.end_block());
    CHECK_FALSE(with.spool.open(11));
}

TEST_CASE("a transaction that begins anew drops what was left of it") {
    play with;
    with.block(10, {{10, row(1)}});
    with.first.clear();
    with.block(10, {{10, row(2)}});
    CHECK(with.commit(10) == std::vector{row(2)});
}
