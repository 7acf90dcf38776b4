#include "lib/pipeline/passage.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using pipeline::passage;
using namespace std::chrono_literals;

namespace {

moment at(std::chrono::seconds time) {
    return {instant{} + time, {std::chrono::microseconds{time}.count()}};
}

unix_time wall(std::chrono::seconds time) {
    return {std::chrono::microseconds{time}.count()};
}

}  // namespace

TEST_CASE("the oldest commit behind a position tells the lag") {
    passage times;
    times.received({100}, wall(10s), 3, at(12s));
    times.received({200}, wall(11s), 1, at(12s));
    CHECK(times.last_way().count() == 1);
    CHECK(times.age_behind({99}, at(20s))->count() == 10);
    CHECK(times.age_behind({100}, at(20s))->count() == 9);
    CHECK(times.wait_behind({100}, at(20s))->count() == 8);
    CHECK_FALSE(times.age_behind({200}, at(20s)));
    times.acknowledged({150}, at(15s));
    CHECK(times.age_behind({0}, at(20s))->count() == 9);
    CHECK(times.commit_to_ack().total() == 1);
    CHECK(times.commit_to_ack().sum() == 5);
    CHECK(times.changes().sum() == 4);
}

TEST_CASE("a commit that comes again is on its way already") {
    passage times;
    times.received({100}, wall(10s), 1, at(10s));
    times.received({100}, wall(10s), 1, at(60s));
    CHECK(times.wait_behind({0}, at(60s))->count() == 50);
    CHECK(times.commit_to_receive().total() == 1);
    times.clear();
    CHECK_FALSE(times.age_behind({0}, at(60s)));
}

TEST_CASE("memory is bounded and the oldest is kept") {
    passage times;
    for (std::uint64_t n = 1; n <= 100'000; ++n) {
        times.received({n}, wall(std::chrono::seconds{n}), 1, at(std::chrono::seconds{n}));
    }
    CHECK(times.age_behind({0}, at(100'000s))->count() == 99'999);
    CHECK(times.age_behind({99'999}, at(100'000s)));
    times.acknowledged({100'000}, at(100'000s));
    CHECK_FALSE(times.age_behind({0}, at(100'000s)));
}

TEST_CASE("a server whose clock is ahead has no negative ages") {
    passage times;
    times.received({100}, wall(50s), 1, at(10s));
    CHECK(times.last_way().count() == 0);
    CHECK(times.age_behind({0}, at(10s))->count() == 0);
}
