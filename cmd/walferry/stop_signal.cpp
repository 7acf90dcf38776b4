#include "cmd/walferry/stop_signal.hpp"

#include <csignal>

namespace walferry {
namespace {

// All that a signal handler can reach is what has static storage.
std::atomic<bool> told_to_stop{false};

}  // namespace

const std::atomic<bool>& stop_signal() {
    std::signal(SIGINT, [](int) { told_to_stop = true; });
    std::signal(SIGTERM, [](int) { told_to_stop = true; });
    return told_to_stop;
}

}  // namespace walferry
