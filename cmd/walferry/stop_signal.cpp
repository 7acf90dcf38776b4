#include "cmd/walferry/stop_signal.hpp"

#include <time.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

namespace walferry {
namespace {

constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;

// All that a signal handler can reach is what has static storage.
std::atomic<bool> told_to_stop{false};
std::atomic<std::int64_t> told_at{0};

std::int64_t now_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * nanoseconds_a_second + now.tv_nsec;
}

// Calls nothing that signal-safety(7) does not list.
void heard(int /*signal*/) {
    const std::int64_t now = now_ns();
    if (!told_to_stop.exchange(true)) {
        told_at = now;
        return;
    }
    if (std::chrono::nanoseconds{now - told_at} >= same_stop) {
        constexpr std::string_view words = "walferry: a second signal cut the shutdown short\n";
        [[maybe_unused]] const auto written = write(STDERR_FILENO, words.data(), words.size());
        _exit(forced_exit_code);
    }
}

}  // namespace

const std::atomic<bool>& stop_signal() {
    std::signal(SIGINT, heard);
    std::signal(SIGTERM, heard);
    return told_to_stop;
}

void stop_was_told() {
    if (!told_to_stop.exchange(true)) {
        told_at = now_ns();
    }
}

}  // namespace walferry
