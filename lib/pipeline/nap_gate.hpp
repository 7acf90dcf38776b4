#pragma once

#include "lib/base/time.hpp"

#include <chrono>
#include <cstdint>

namespace walferry::pipeline {

// Decides whether a drained reader waits for the next byte or naps. A walsender makes one send a
// message; a reader that wakes for each costs both sides more than the messages do. While messages
// come faster than the gate, or waking for them keeps the reader busy, a nap lets them gather;
// otherwise the reader waits at once, so latency stays what it was. Figures: tests/bench. Pure.
class nap_gate {
public:
    // How long to let messages gather: a Unix socket's buffer holds a few hundred of them only.
    static constexpr std::chrono::microseconds nap_unix{50};
    static constexpr std::chrono::microseconds nap_tcp{400};

    explicit nap_gate(std::chrono::microseconds nap) : nap_(nap) {}

    // Since the last call `messages` were read, which took `worked`; it is `now`.
    // Zero: wait for the socket.
    std::chrono::microseconds after_drain(std::uint64_t messages, instant::duration worked,
                                          instant now) {
        messages_ += messages;
        worked_ += worked;
        const auto age = now - since_;
        if (age >= window) {
            open_ = messages_ >
                        messages_per_ms * static_cast<std::uint64_t>(age / microsecond) / 1000 ||
                    worked_ * busy_share > age;
            since_ = now;
            messages_ = 0;
            worked_ = {};
        }
        return open_ && messages > 0 ? nap_ : std::chrono::microseconds{0};
    }

private:
    static constexpr std::chrono::microseconds microsecond{1};
    static constexpr std::chrono::microseconds window{500};
    static constexpr std::uint64_t messages_per_ms = 30;
    static constexpr int busy_share = 3;  // a third of the time

    std::chrono::microseconds nap_;
    instant since_{};
    std::uint64_t messages_ = 0;
    instant::duration worked_{};
    bool open_ = false;
};

}  // namespace walferry::pipeline
