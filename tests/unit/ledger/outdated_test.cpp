#include "lib/ledger/outdated.hpp"

#include <catch2/catch.hpp>

using namespace walferry;

namespace {

remembered_position stored(std::uint32_t timeline, lsn acknowledged, lsn published) {
    remembered_position made;
    made.timeline = timeline;
    made.acknowledged = acknowledged;
    made.published = published;
    return made;
}

}  // namespace

TEST_CASE("a server that was seen before another process went on is looked at again") {
    CHECK_FALSE(outdated(1, {700}, stored(1, {700}, {600})));
    CHECK(outdated(1, {700}, stored(1, {701}, {600})));
    CHECK(outdated(1, {700}, stored(1, {600}, {701})));
}

TEST_CASE("a server that was promoted since it was seen is looked at again") {
    CHECK(outdated(1, {700}, stored(2, {600}, {600})));
    CHECK_FALSE(outdated(2, {700}, stored(1, {900}, {900})));
}
