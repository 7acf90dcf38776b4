#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace walferry {

// What the program ends with when a second signal cuts its shutdown short.
inline constexpr int forced_exit_code = 130;

// timeout(1) and shells signal the process and its group at once: within this time it is one wish.
inline constexpr std::chrono::milliseconds same_stop{100};

// True once SIGINT or SIGTERM came. From each call on the first of them only makes it true, and a
// second ends the program at once, with forced_exit_code. For commands that look at it between two
// pieces of work.
const std::atomic<bool>& stop_signal();

// The first was heard elsewhere.
void stop_was_told();

}  // namespace walferry
