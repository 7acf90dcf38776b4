#pragma once

#include "tests/simulation/trace.hpp"
#include "tests/simulation/variant.hpp"

#include <cstdint>

namespace walferry::simulation {

// Runs one history from its seed: work and faults for a while, then calm until everything is
// published and acknowledged. Throws `violation`. Returns the number of its happenings.
std::uint64_t run_history(std::uint64_t seed, variant lie, trace log, unsigned instances);

}  // namespace walferry::simulation
