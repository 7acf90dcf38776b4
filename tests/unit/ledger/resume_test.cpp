#include "lib/ledger/resume.hpp"

#include <catch2/catch.hpp>

using namespace walferry;

namespace {

// A server, a slot and a memory that fit together; each case changes what it is about.
struct situation {
    server_identity server{7000, 1, {1'000}, "shop", {}};
    slot_position slot{"walferry_shop", {500}, false};
    std::optional<remembered_position> remembered =
        remembered_position{7000, 1, {500}, {600}, "walferry_shop", 1};

    result<resume_point> resume(bool accept_gap = false) const {
        return walferry::resume(server, slot, remembered, accept_gap);
    }

    // Whether it is refused for this reason, with something to do about it, and goes on at `from`
    // with the gap that was accepted.
    void refused(error_kind why, lsn from, lsn gap_from) const {
        auto point = resume();
        REQUIRE_FALSE(point);
        CHECK(name_of(point.error().kind) == name_of(why));
        CHECK(exit_code_of(point.error().kind) == 3);
        CHECK(point.error().hint.find("--accept-gap") != std::string::npos);
        auto told = resume(true);
        REQUIRE(told);
        CHECK(told->from == from);
        REQUIRE(told->gap_from);
        CHECK(*told->gap_from == gap_from);
    }

    void accepted(lsn from, bool timeline_changed = false) const {
        for (bool accept_gap : {false, true}) {
            auto point = resume(accept_gap);
            REQUIRE(point);
            CHECK(point->from == from);
            CHECK_FALSE(point->gap_from);
            CHECK(point->timeline_changed == timeline_changed);
        }
    }
};

}  // namespace

TEST_CASE("without memory the slot says where to start") {
    situation now;
    now.remembered.reset();
    now.accepted({500});
    now.slot.created_now = true;
    now.accepted({500});
}

TEST_CASE("a slot where it was left is gone on from there") {
    situation{}.accepted({500});
}

TEST_CASE("a slot that fell back with its server is gone on from what was confirmed") {
    situation now;
    now.slot.confirmed = {100};
    now.accepted({500});
}

TEST_CASE("a slot that is ahead of what was published is a gap") {
    situation now;
    now.slot.confirmed = {501};
    now.refused(error_kind::slot_ahead, {501}, {500});
    auto message = now.resume().error().message;
    CHECK(message.find("0/1F4 to 0/1F5") != std::string::npos);
    CHECK(message.find("\"walferry_shop\"") != std::string::npos);
}

TEST_CASE("published records do not excuse a slot that is ahead of the acknowledgement") {
    // They may or may not be at the broker: only what was acknowledged was certain.
    situation now;
    now.slot.confirmed = {550};
    now.refused(error_kind::slot_ahead, {550}, {500});
}

TEST_CASE("a slot that had to be made anew is a gap, wherever it begins") {
    situation now;
    now.slot.created_now = true;
    now.slot.confirmed = {900};
    now.refused(error_kind::slot_lost, {900}, {500});
    now.slot.confirmed = {400};
    now.refused(error_kind::slot_lost, {400}, {500});
}

TEST_CASE("another cluster is refused before any LSN is compared") {
    situation now;
    now.server.system = 7001;
    now.refused(error_kind::system_changed, {500}, {});
    now.slot.confirmed = {10};
    now.slot.created_now = true;
    now.server.timeline = 9;
    now.server.flushed = {20};
    now.refused(error_kind::system_changed, {10}, {});
}

TEST_CASE("a server whose WAL ends before what was published was restored") {
    situation now;
    now.server.flushed = {600};
    now.accepted({500});
    now.server.flushed = {599};
    now.refused(error_kind::timeline_diverged, {500}, {500});
    CHECK(now.resume().error().message.find("0/257") != std::string::npos);
}

TEST_CASE("acknowledged counts where published was not stored") {
    situation now;
    now.remembered->published = {};
    now.server.flushed = {499};
    now.refused(error_kind::timeline_diverged, {500}, {500});
    now.server.flushed = {500};
    now.accepted({500});
}

TEST_CASE("a promoted server must have left the old timeline behind what was published") {
    situation now;
    now.server.timeline = 2;
    now.server.ancestors = {{1, {600}}};
    now.accepted({500}, true);
    now.server.ancestors = {{1, {599}}};
    now.refused(error_kind::timeline_diverged, {500}, {500});
    CHECK(now.resume().error().message.find("timeline 2") != std::string::npos);
}

TEST_CASE("a server that does not know the old timeline has another history") {
    situation now;
    now.server.timeline = 2;
    now.refused(error_kind::timeline_diverged, {500}, {500});
    now.server.timeline = 0;  // an older timeline is no descendant either
    now.refused(error_kind::timeline_diverged, {500}, {500});
}

TEST_CASE("a diverged history is told before what became of the slot") {
    situation now;
    now.server.timeline = 2;
    now.slot.created_now = true;
    now.slot.confirmed = {800};
    now.refused(error_kind::timeline_diverged, {800}, {500});
    now.server.ancestors = {{1, {700}}};
    now.refused(error_kind::slot_lost, {800}, {500});
    CHECK(now.resume(true)->timeline_changed);
}

TEST_CASE("what keepalives acknowledged beyond the switch was nothing that was published") {
    situation now;
    now.remembered->published = {300};
    now.server.timeline = 2;
    now.server.ancestors = {{1, {450}}};
    now.slot.confirmed = {400};
    now.accepted({450}, true);
    now.slot.confirmed = {450};
    now.accepted({450}, true);
    SECTION("and does not excuse a slot that somebody moved on the new timeline") {
        now.slot.confirmed = {480};
        now.refused(error_kind::slot_ahead, {480}, {450});
    }
    SECTION("a server restored on its own timeline cannot be told from one that went on") {
        now.server.timeline = 1;
        now.server.flushed = {450};
        now.refused(error_kind::timeline_diverged, {450}, {500});
    }
}

TEST_CASE("positions on other timelines are judged by where the history left theirs") {
    situation now;
    now.remembered->timeline = 2;
    now.remembered->elsewhere = {{1, {420}, {410}}};
    now.server.timeline = 2;
    now.server.ancestors = {{1, {415}}};
    now.accepted({500});
    now.remembered->elsewhere = {{1, {420}, {416}}};
    now.refused(error_kind::timeline_diverged, {500}, {500});
    SECTION("the highest that the history contains counts") {
        now.remembered->elsewhere = {{1, {700}, {300}}};
        now.remembered->published = {500};
        now.server.timeline = 3;
        now.server.ancestors = {{1, {650}}, {2, {660}}};
        now.slot.confirmed = {400};
        now.accepted({650}, true);
    }
}

TEST_CASE("ancestors are needed for positions on other timelines only") {
    const situation now;
    CHECK_FALSE(needs_ancestors(*now.remembered, 1));
    CHECK(needs_ancestors(*now.remembered, 2));
    auto several = *now.remembered;
    several.elsewhere = {{2, {}, {}}};
    CHECK(needs_ancestors(several, 1));
}
