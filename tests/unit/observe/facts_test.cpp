#include "lib/observe/facts.hpp"

#include <catch2/catch.hpp>

namespace walferry::observe {

TEST_CASE("lag is the distance between neighbours and zero while one is not known") {
    const lsn_facts at{lsn{1000}, lsn{900}, lsn{700}, lsn{400}, lsn{300}};
    const lag_bytes lag = lag_of(at);
    CHECK(lag.receive == 100);
    CHECK(lag.publish == 200);
    CHECK(lag.confirm == 300);
    CHECK(lag.acknowledge == 100);
    CHECK(lag.total == 700);
    CHECK(lag_of({}).total == 0);
    CHECK(lag_of({.server = lsn{1000},
                  .received = {},
                  .published = {},
                  .confirmed = {},
                  .acknowledged = {}})
              .receive == 0);
}

TEST_CASE("a server that reports an older end of WAL than was received is no negative lag") {
    CHECK(lag_of({lsn{10}, lsn{20}, lsn{20}, lsn{20}, lsn{20}}).receive == 0);
}

TEST_CASE("the first tables have their own row, all later ones share other") {
    table_counts tables{2};
    const auto first = tables.index_of("a");
    const auto second = tables.index_of("b");
    CHECK(tables.index_of("a") == first);
    CHECK(second != first);
    CHECK(tables.index_of("c") == 0);
    CHECK(tables.index_of("d") == 0);
    tables.add(0, operation::insert);
    tables.add(first, operation::remove, 3);
    CHECK(tables.rows().size() == 3);
    CHECK(tables.rows()[0].name == "other");
    CHECK(tables.rows()[0].total() == 1);
    CHECK(tables.rows()[first].total() == 3);
}

TEST_CASE("the ring keeps twenty errors and counts a repeated one once") {
    error_ring ring;
    ring.add({{1}, error_kind::slot_in_use, "busy", ""});
    ring.add({{2}, error_kind::slot_in_use, "busy", ""});
    REQUIRE(ring.entries().size() == 1);
    CHECK(ring.entries()[0].times == 2);
    CHECK(ring.entries()[0].note.at.microseconds == 2);
    for (int i = 0; i < 30; ++i) {
        ring.add({{i}, error_kind::connection_lost, "lost " + std::to_string(i), ""});
    }
    CHECK(ring.entries().size() == error_ring::size_max);
    CHECK(ring.entries().back().note.message == "lost 29");
}

TEST_CASE("a histogram counts a value in the first bucket that holds it") {
    histogram values{1, 10};
    values.add(1);
    values.add(5);
    values.add(11);
    CHECK(values.count(0) == 1);
    CHECK(values.count(1) == 1);
    CHECK(values.count(2) == 1);
    CHECK(values.total() == 3);
    CHECK(values.sum() == Approx(17));
}

}  // namespace walferry::observe
