#include "lib/snapshot/course.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using config::snapshot_mode;
using snapshot::course;

namespace {

course::beginning at(lsn from, bool streamed = false, bool created = false, bool gap = false) {
    snapshot::memory identity;
    identity.system = 7;
    identity.slot = "s";
    identity.from = from;
    return {identity, streamed, created, gap};
}

snapshot::memory stored(lsn from, bool finished, std::vector<std::string> done = {}) {
    auto found = at(from).identity;
    found.attempt = 1;
    found.finished = finished;
    found.done = std::move(done);
    return found;
}

bool due(snapshot_mode mode, bool keeps_state, course::beginning what,
         std::optional<snapshot::memory> remembered = {}) {
    course one{mode, keeps_state};
    if (remembered) {
        one.remember(*remembered);
    }
    one.prepared(std::move(what));
    return one.due();
}

snapshot::course_table named(std::string name) {
    snapshot::course_table made;
    made.name = std::move(name);
    return made;
}

}  // namespace

TEST_CASE("initial: once, and until it is finished") {
    constexpr auto mode = snapshot_mode::initial;
    CHECK(due(mode, true, at({500}, false, true)));
    CHECK(due(mode, true, at({500})));  // a slot that somebody made, and no stream of it
    CHECK_FALSE(due(mode, true, at({500}, true)));
    CHECK(due(mode, true, at({500}), stored({500}, false)));
    CHECK_FALSE(due(mode, true, at({500}), stored({500}, true)));
    CHECK(due(mode, true, at({900}, true), stored({500}, false)));
    CHECK_FALSE(due(mode, true, at({900}, true, true, true), stored({500}, true)));
}

TEST_CASE("without a memory the slot tells") {
    CHECK(due(snapshot_mode::initial, false, at({500}, false, true)));
    CHECK_FALSE(due(snapshot_mode::initial, false, at({500})));
}

TEST_CASE("never, only, when needed") {
    CHECK_FALSE(due(snapshot_mode::never, true, at({500}, false, true), stored({500}, false)));
    CHECK(due(snapshot_mode::only, true, at({500}, false, true)));
    CHECK(due(snapshot_mode::when_needed, true, at({900}, true, true, true), stored({500}, true)));
    CHECK_FALSE(due(snapshot_mode::when_needed, true, at({900}, true), stored({500}, true)));
}

TEST_CASE("a table is done when its last record is confirmed, the snapshot when all are") {
    course one{snapshot_mode::initial, true};
    one.prepared(at({500}, false, true));
    CHECK(one.begin_attempt().attempt == 1);
    CHECK_FALSE(one.stored());
    one.begin_tables({named("a"), named("b")});
    CHECK_FALSE(one.order().follows(0, "x"));
    one.tables()[0].read = true;
    one.tables()[1].read = true;
    CHECK_FALSE(one.order().table_ends(0));
    auto progress = one.settle(100);  // b is empty; a's only row still waits for its mark
    REQUIRE(progress);
    CHECK(progress->done == std::vector<std::string>{"b"});
    CHECK_FALSE(progress->finished);
    CHECK_FALSE(one.stored());
    REQUIRE(one.order().all_end());
    one.tables()[0].ticket = 100;
    one.all_read();
    CHECK_FALSE(one.settle(100));
    auto last = one.settle(101);
    REQUIRE(last);
    CHECK(last->finished);
    CHECK(one.due());
    CHECK(one.stored());
    CHECK_FALSE(one.due());
}

TEST_CASE("what is done stays done; all else is read again, at positions of its own") {
    course one{snapshot_mode::initial, true};
    one.remember(stored({500}, false, {"a"}));
    one.prepared(at({500}));
    CHECK(one.begin_attempt().attempt == 2);
    CHECK(one.is_done("a"));
    auto first = one.next_position();
    CHECK(first.commit == lsn{499});
    one.interrupted(true);
    one.prepared(at({500}));
    one.begin_attempt();
    CHECK(one.next_position() > first);
    CHECK(one.next_position() < position{{500}, 1});
}

TEST_CASE("another beginning knows nothing of what was done") {
    course one{snapshot_mode::initial, true};
    one.remember(stored({500}, false, {"a"}));
    one.prepared(at({700}));
    CHECK(one.begin_attempt().attempt == 2);
    CHECK_FALSE(one.is_done("a"));
}

TEST_CASE("a finish that was not stored with the sink is told again") {
    course one{snapshot_mode::initial, true};
    one.prepared(at({500}, false, true));
    one.begin_attempt();
    one.stored();
    one.begin_tables({});
    one.all_read();
    REQUIRE(one.settle(1));
    one.interrupted(true);
    one.prepared(at({500}));
    CHECK(one.due());
}
