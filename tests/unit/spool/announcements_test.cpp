#include "lib/spool/announcements.hpp"

#include "tests/support/pgoutput_builder.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::test;

namespace {

std::string orders(const char* column) {
    table_spec table;
    table.id = 77;
    table.name = "orders";
    table.columns = {{column, 25, true}};
    return relation(table);
}

}  // namespace

TEST_CASE("what came later than the replayed announcement is said again, once") {
    spool::announcements known;
    const auto early = known.next();
    known.heard(orders("later"));
    known.replayed(orders("early"), early);
    CHECK(known.stale() == orders("later"));
    CHECK(known.stale().empty());
}

TEST_CASE("the announcement that came last stays") {
    spool::announcements known;
    known.heard(orders("early"));
    known.replayed(orders("later"), known.next());
    CHECK(known.stale().empty());
}

TEST_CASE("a replayed announcement counts as having come when it came") {
    spool::announcements known;
    const auto of_one = known.next();
    const auto of_other = known.next();
    known.replayed(orders("second"), of_other);
    known.replayed(orders("first"), of_one);
    CHECK(known.stale() == orders("second"));
}
