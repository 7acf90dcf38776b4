#include "lib/pipeline/nap_gate.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::pipeline;
using namespace std::chrono_literals;

namespace {

// The pause after `drains` turns, one every `apart`, of so many messages and so much work each.
std::chrono::microseconds pause_after(int drains, std::chrono::microseconds apart,
                                      std::uint64_t messages, std::chrono::microseconds worked) {
    nap_gate gate{nap_gate::nap_unix};
    std::chrono::microseconds pause{};
    instant at{1s};
    for (int i = 0; i < drains; ++i) {
        pause = gate.after_drain(messages, worked, at += apart);
    }
    return pause;
}

}  // namespace

TEST_CASE("light traffic is waited for at once, many messages a millisecond are let gather") {
    CHECK(pause_after(1000, 300us, 3, 10us) == 0us);
    CHECK(pause_after(1000, 100us, 10, 10us) == nap_gate::nap_unix);
}

TEST_CASE("a reader that is busy waking for single messages naps, however few they are") {
    CHECK(pause_after(1000, 60us, 1, 30us) == nap_gate::nap_unix);
}

TEST_CASE("a drain that found nothing waits for the socket also under load") {
    CHECK(pause_after(1000, 100us, 0, 60us) == 0us);
}

TEST_CASE("the gate closes once the load is over") {
    nap_gate gate{nap_gate::nap_unix};
    instant at{1s};
    for (int i = 0; i < 1000; ++i) {
        gate.after_drain(10, 10us, at += 100us);
    }
    CHECK(gate.after_drain(1, 5us, at += 1s) == 0us);
}
