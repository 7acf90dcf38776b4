#include "lib/config/names.hpp"

#include "lib/config/nearest.hpp"
#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>

namespace walferry::config::test {

TEST_CASE("names come from the database") {
    const settings all = loaded("source: {url: \"postgresql://h/Shop-1\"}\n").values;
    CHECK(all.name == "Shop-1");
    CHECK(all.source.slot == "walferry_shop_1");
    CHECK(all.source.publication == "walferry_shop_1");
    CHECK(all.dead_letter_topic == "Shop-1.dead_letter");
    CHECK(loaded("", {{"PGDATABASE", "shop"}}).values.name == "shop");
    CHECK(loaded("source: {url: host=h}\n", {{"PGDATABASE", "shop"}}).values.name == "shop");
}

TEST_CASE("what is set stays") {
    const settings all = loaded("name: x\nsource: {slot: s, url: \"postgresql://h/d\"}\n").values;
    CHECK(all.name == "x");
    CHECK(all.source.slot == "s");
    CHECK(all.source.publication == "walferry_x");
}

TEST_CASE("names can be filled in later") {
    settings all = loaded("").values;
    CHECK(all.name.empty());
    CHECK(all.source.slot.empty());
    fill_names(all, "später");
    CHECK(all.name == "sp__ter");
    CHECK(all.source.slot == "walferry_sp__ter");
}

TEST_CASE("names of slots are legal and short enough") {
    CHECK(legal_slot_name("A-b.C1_ä") == "a_b_c1___");
    CHECK(legal_slot_name(std::string(100, 'x')).size() == 63);
}

TEST_CASE("distances count swaps once") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("slot", "slot") == 0);
    CHECK(edit_distance("slto", "slot") == 1);
    CHECK(edit_distance("debezum", "debezium") == 1);
    constexpr std::string_view words[] = {"initial", "never", "only"};
    CHECK(nearest("Inital", words) == "initial");
    CHECK(nearest("xyz", words).empty());
}

}  // namespace walferry::config::test
