#include "lib/postgres/setup.hpp"

#include <catch2/catch.hpp>

namespace walferry::postgres {
namespace {

slot_facts good_slot() {
    slot_facts slot;
    slot.name = "s";
    slot.exists = true;
    slot.type = "logical";
    slot.plugin = "pgoutput";
    slot.database = "shop";
    slot.wal_status = "reserved";
    return slot;
}

}  // namespace

TEST_CASE("a fitting slot and a missing one have no defect") {
    CHECK_FALSE(slot_defect(good_slot(), "shop"));
    CHECK_FALSE(slot_defect(slot_facts{}, "shop"));
}

TEST_CASE("a slot of something else is unfit, a lost one is lost, a busy one is busy") {
    auto kind_after = [](auto change) {
        slot_facts slot = good_slot();
        change(slot);
        return slot_defect(slot, "shop").value().kind;
    };
    CHECK(kind_after([](slot_facts& s) { s.type = "physical"; }) == error_kind::slot_unfit);
    CHECK(kind_after([](slot_facts& s) { s.plugin = "wal2json"; }) == error_kind::slot_unfit);
    CHECK(kind_after([](slot_facts& s) { s.database = "other"; }) == error_kind::slot_unfit);
    CHECK(kind_after([](slot_facts& s) { s.synced = true; }) == error_kind::slot_unfit);
    CHECK(kind_after([](slot_facts& s) { s.wal_status = "lost"; }) == error_kind::slot_lost);
    CHECK(kind_after([](slot_facts& s) { s.conflicting = true; }) == error_kind::slot_lost);
    CHECK(kind_after([](slot_facts& s) { s.invalidation_reason = "idle_timeout"; }) ==
          error_kind::slot_lost);
    CHECK(kind_after([](slot_facts& s) {
              s.active = true;
              s.active_pid = 4711;
          }) == error_kind::slot_in_use);
}

TEST_CASE("a lost slot is lost even while something still holds it") {
    slot_facts slot = good_slot();
    slot.active = true;
    slot.wal_status = "lost";
    CHECK(slot_defect(slot, "shop").value().kind == error_kind::slot_lost);
}

}  // namespace walferry::postgres
