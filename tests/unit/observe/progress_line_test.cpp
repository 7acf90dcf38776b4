#include "lib/observe/progress_line.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::observe;

namespace {

snapshot_facts half_done() {
    snapshot_facts made;
    made.state = snapshot_state::running;
    made.started_at = unix_time{1'000'000};
    made.rows = 500;
    made.tables = {{.name = "a", .rows = 400, .rows_estimated = 300, .done = true},
                   {.name = "b", .rows = 100, .rows_estimated = 600}};
    return made;
}

}  // namespace

TEST_CASE("a snapshot that is read shows its share, rows, tables and rate") {
    CHECK(
        progress_line(half_done(), {6'000'000}) ==
        "snapshot [##########..........] 50 %  500 of about 1000 rows, 1 of 2 tables, 100 rows/s");
}

TEST_CASE("more rows than the statistics know are not more than all") {
    auto facts = half_done();
    facts.tables[1].rows_estimated.reset();
    CHECK(progress_line(facts, {6'000'000}).starts_with("snapshot [####################] 100 %"));
    facts.rows = 0;
    facts.tables[0] = {.name = "a"};
    facts.tables[1] = {.name = "b"};
    CHECK(progress_line(facts, {1'000'000}) ==
          "snapshot [....................] 0 %  0 of about 0 rows, 0 of 2 tables, 0 rows/s");
}

TEST_CASE("no line when nothing is read") {
    auto facts = half_done();
    facts.state = snapshot_state::done;
    CHECK(progress_line(facts, {6'000'000}).empty());
}
