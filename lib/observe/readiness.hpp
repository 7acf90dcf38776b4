#pragma once

#include "lib/observe/facts.hpp"

#include <string>

namespace walferry::observe {

struct readiness {
    bool ready = false;
    std::string reason;  // one sentence; names the first condition that does not hold
};

// How long records may be out without any confirmation before the broker counts as not confirming.
// Three times librdkafka's default of ten seconds between two looks at an idle connection, and half
// of the stall timeout after which the stream is replayed.
inline constexpr seconds confirmation_fresh_max{30};

// Ready means: it streams, the broker is connected, acknowledging is not frozen, and the broker
// confirms: nothing is out, or what is out is young, or the last confirmation is. That the process
// lives counts for nothing. Pure.
readiness judge_readiness(const stream_facts& facts);

}  // namespace walferry::observe
