#include "lib/pipeline/standby_gate.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using pipeline::standby_gate;

TEST_CASE("a record is safe when its end is flushed, not its beginning") {
    standby_gate gate;
    gate.sampled({0x1000}, {0x900});
    CHECK(gate.safe() == lsn{});
    gate.sampled({0x2000}, {0x1800});
    CHECK(gate.safe() == lsn{0x1000});
    gate.sampled({0x2000}, {0x2000});
    CHECK(gate.safe() == lsn{0x2000});
}

TEST_CASE("what standbys lose is not taken back; what they have counts at once") {
    standby_gate gate;
    gate.sampled({0x1000}, {0x1000});
    gate.sampled({0x1000}, {});
    CHECK(gate.safe() == lsn{0x1000});
}

TEST_CASE("the header of a page that does not exist yet is not waited for") {
    standby_gate gate;
    gate.sampled({0x4000 + 24}, {0x4000});
    CHECK(gate.safe() == lsn{0x4000});
    gate.sampled({0x1000000 + 40}, {0x1000000});
    CHECK(gate.safe() == lsn{0x1000000});
}

TEST_CASE("a standby far behind takes no memory") {
    standby_gate gate;
    for (std::uint64_t n = 1; n < 1'000'000; ++n) {
        gate.sampled({n * 256 + 100}, {});
    }
    gate.sampled({1'000'000 * 256 + 100}, {1'000'000 * 256 + 100});
    CHECK(gate.safe() == lsn{1'000'000 * 256 + 100});
}
