#pragma once

#include "lib/base/time.hpp"

#include <chrono>
#include <cstdint>

namespace walferry::pipeline {

// Decides whether a drained reader waits for the next byte or naps. A walsender makes one send a
// message; a reader that wakes for each costs both sides more than the messages do. While messages
// come faster than the gate, a nap lets them gather; below it the reader waits at once, so latency
// stays what it was. Figures: the bench of tests/bench. Pure.
class nap_gate {
public:
    // How long to let messages gather: a Unix socket's buffer holds a few hundred of them only.
    static constexpr std::chrono::microseconds nap_unix{50};
    static constexpr std::chrono::microseconds nap_tcp{400};

    explicit nap_gate(std::chrono::microseconds nap) : nap_(nap) {}

    // `messages` were read since the last call, which ended at `now`.
    // Zero: wait for the socket.
    std::chrono::microseconds after_drain(std::uint64_t messages, instant now) {
        window_messages_ += messages;
        auto age = now - window_start_;
        if (age >= window) {
            auto per_window = static_cast<std::uint64_t>(gate_per_ms) *
                              static_cast<std::uint64_t>(age / std::chrono::microseconds{1}) / 1000;
            open_ = window_messages_ > per_window;
            window_start_ = now;
            window_messages_ = 0;
        }
        return open_ && messages > 0 ? nap_ : std::chrono::microseconds{0};
    }

private:
    static constexpr std::chrono::microseconds window{500};
    static constexpr int gate_per_ms = 30;

    std::chrono::microseconds nap_;
    instant window_start_{};
    std::uint64_t window_messages_ = 0;
    bool open_ = false;
};

}  // namespace walferry::pipeline
