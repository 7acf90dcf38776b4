#include "lib/ledger/ledger.hpp"

#include <catch2/catch.hpp>

using walferry::ledger;
using walferry::lsn;

namespace {

// A closed transaction with so many records out.
ledger::ticket transaction(ledger& book, int records, lsn end) {
    auto ticket = book.open();
    for (int i = 0; i < records; ++i) {
        book.sent();
    }
    book.close(end);
    return ticket;
}

}  // namespace

TEST_CASE("a new ledger promises what was acknowledged before and nothing more") {
    ledger book{lsn{100}};
    CHECK(book.acknowledgeable() == lsn{100});
    CHECK(book.received() == lsn{100});
    CHECK(book.idle());
    CHECK(book.unconfirmed() == 0);
}

TEST_CASE("a transaction is acknowledged when its commit was read and every record confirmed") {
    ledger book;
    auto ticket = book.open();
    book.sent();
    book.sent();
    book.confirmed(ticket);
    book.confirmed(ticket);
    CHECK(book.acknowledgeable() == lsn{});  // not committed yet, as far as we know
    CHECK_FALSE(book.idle());
    book.sent();
    book.close({10});
    CHECK(book.acknowledgeable() == lsn{});
    CHECK(book.received() == lsn{10});
    book.confirmed(ticket);
    CHECK(book.acknowledgeable() == lsn{10});
    CHECK(book.idle());
}

TEST_CASE("a transaction of which nothing was published is confirmed at its commit") {
    ledger book;
    transaction(book, 0, {10});
    CHECK(book.acknowledgeable() == lsn{10});
    CHECK(book.idle());
}

TEST_CASE("a gap holds back everything behind it") {
    ledger book;
    auto first = transaction(book, 1, {10});
    auto second = transaction(book, 2, {20});
    transaction(book, 0, {30});
    book.confirmed(second);
    book.confirmed(second);
    CHECK(book.acknowledgeable() == lsn{});
    CHECK(book.unconfirmed() == 1);
    book.confirmed(first);
    CHECK(book.acknowledgeable() == lsn{30});
}

TEST_CASE("a keepalive is acknowledged at once when nothing is out") {
    ledger book{lsn{5}};
    book.keepalive({10});
    CHECK(book.acknowledgeable() == lsn{10});
    CHECK(book.received() == lsn{10});
}

TEST_CASE("a keepalive waits for what was sent before it") {
    ledger book;
    auto ticket = transaction(book, 1, {10});
    book.keepalive({20});
    CHECK(book.acknowledgeable() == lsn{});
    auto later = transaction(book, 1, {30});
    book.confirmed(ticket);
    CHECK(book.acknowledgeable() == lsn{20});
    book.confirmed(later);
    CHECK(book.acknowledgeable() == lsn{30});
}

TEST_CASE("a keepalive inside a transaction, or behind what is known, changes nothing") {
    ledger book{lsn{10}};
    book.keepalive({9});
    CHECK(book.acknowledgeable() == lsn{10});
    auto ticket = book.open();
    book.sent();
    book.keepalive({15});
    CHECK(book.received() == lsn{10});
    book.close({20});
    book.confirmed(ticket);
    CHECK(book.acknowledgeable() == lsn{20});
}

TEST_CASE("a session that breaks inside a transaction leaves nothing of it behind") {
    ledger book;
    auto before = transaction(book, 1, {10});
    auto broken = book.open();
    book.sent();
    book.sent();
    book.reset_open();
    CHECK_FALSE(book.is_open());
    CHECK(book.received() == lsn{10});
    CHECK(book.unconfirmed() == 1);
    auto again = book.open();
    book.sent();
    book.sent();
    book.close({20});
    book.confirmed(broken);  // arrives all the same, and means nothing
    book.confirmed(broken);
    book.confirmed(before);
    CHECK(book.acknowledgeable() == lsn{10});
    book.confirmed(again);
    book.confirmed(again);
    CHECK(book.acknowledgeable() == lsn{20});
    CHECK(book.idle());
}

TEST_CASE("confirmations of a broken transaction may come when its entry is long gone") {
    ledger book;
    auto broken = book.open();
    book.sent();
    book.reset_open();
    transaction(book, 0, {20});
    book.confirmed(broken);
    CHECK(book.acknowledgeable() == lsn{20});
    CHECK(book.unconfirmed() == 0);
}

TEST_CASE("resetting without an open transaction does nothing") {
    ledger book;
    auto ticket = transaction(book, 1, {10});
    book.reset_open();
    CHECK(book.unconfirmed() == 1);
    book.confirmed(ticket);
    CHECK(book.acknowledgeable() == lsn{10});
}

TEST_CASE("a new producer goes back to what is acknowledged") {
    ledger book;
    auto confirmed = transaction(book, 1, {10});
    transaction(book, 1, {20});
    book.open();
    book.sent();
    book.confirmed(confirmed);
    book.discard_outstanding();
    CHECK(book.acknowledgeable() == lsn{10});
    CHECK(book.received() == lsn{10});
    CHECK(book.idle());
    CHECK(book.unconfirmed() == 0);
    auto again = transaction(book, 1, {20});
    book.confirmed(again);
    CHECK(book.acknowledgeable() == lsn{20});
}

TEST_CASE("empty transactions behind one that is out take no memory") {
    // A broker that hangs while the server goes on sending what configuration leaves out.
    ledger book;
    auto stuck = transaction(book, 1, {10});
    for (std::uint64_t at = 11; at < 10'000; ++at) {
        transaction(book, 0, {at});
        REQUIRE(book.transactions() <= 2);
    }
    book.keepalive({20'000});
    CHECK(book.acknowledgeable() == lsn{});
    book.confirmed(stuck);
    CHECK(book.acknowledgeable() == lsn{20'000});
    CHECK(book.idle());
}

TEST_CASE("tickets of transactions that are out together differ") {
    ledger book;
    auto first = transaction(book, 1, {10});
    transaction(book, 0, {11});
    auto second = transaction(book, 1, {20});
    CHECK(first != second);
    auto third = book.open();
    book.sent();
    book.confirmed(third);
    book.close({30});  // confirmed before it was closed: its ticket is still its own
    auto fourth = transaction(book, 1, {40});
    CHECK(third != fourth);
    CHECK(second != third);
}

TEST_CASE("a transaction that is out is found again by its commit") {
    ledger book;
    auto first = book.open({5});
    book.sent();
    CHECK(book.commit_of(first) == lsn{5});
    CHECK(book.oldest_pending() == 0);  // it is still open
    book.close({10});
    CHECK(book.oldest_pending() == 1);
    book.confirmed(first);
    CHECK_FALSE(book.commit_of(first));
    CHECK(book.oldest_pending() == 0);
    CHECK_FALSE(book.commit_of(first + 1));
}
