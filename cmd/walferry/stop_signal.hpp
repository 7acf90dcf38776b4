#pragma once

#include <atomic>

namespace walferry {

// True once SIGINT or SIGTERM came; from the first call on they end the program no more. For
// commands that look at it between two pieces of work.
const std::atomic<bool>& stop_signal();

}  // namespace walferry
