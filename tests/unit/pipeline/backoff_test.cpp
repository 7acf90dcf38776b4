#include "lib/pipeline/backoff.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using walferry::pipeline::backoff;

TEST_CASE("the first retry is at once, the others double up to the longest") {
    backoff pause{800ms};
    std::vector<std::chrono::milliseconds> pauses;
    for (int i = 0; i < 8; ++i) {
        pauses.push_back(pause.next());
    }
    CHECK(pauses == std::vector<std::chrono::milliseconds>{0ms, 50ms, 100ms, 200ms, 400ms, 800ms,
                                                           800ms, 800ms});
    pause.reset();
    CHECK(pause.next() == 0ms);
    CHECK(pause.next() == 50ms);
}

TEST_CASE("the longest pause is kept also when it is shorter than the first step") {
    backoff pause{20ms};
    pause.next();
    CHECK(pause.next() == 20ms);
    CHECK(pause.next() == 20ms);
}
