#pragma once

#include "lib/observe/facts.hpp"

#include <string>

namespace walferry::observe {

struct readiness {
    bool ready = false;
    std::string reason;  // one sentence; names the first condition that does not hold
};

// How long the broker may owe a confirmation before it counts as not confirming.
inline constexpr seconds confirmation_fresh_max{6};

// How long reading may wait for a topic that is being made, or for the catalog.
inline constexpr seconds waiting_max{3};

// Ready means: it streams, the broker is connected and has confirmed something on this connection,
// nothing holds up the reading, and the broker owes no confirmation for long. That the process
// lives counts for nothing. Pure.
readiness judge_readiness(const stream_facts& facts);

}  // namespace walferry::observe
