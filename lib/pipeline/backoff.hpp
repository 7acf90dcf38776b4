#pragma once

#include <algorithm>
#include <chrono>

namespace walferry::pipeline {

// Growing pauses between attempts: none before the first retry, then doubling up to `longest`.
// `longest` stays below a second, so that a server that is back is found within one.
class backoff {
public:
    explicit backoff(std::chrono::milliseconds longest) : longest_(longest) {}

    std::chrono::milliseconds next() {
        auto pause = pause_;
        pause_ = std::min(longest_, std::max(pause_ * 2, std::chrono::milliseconds{50}));
        return pause;
    }

    void reset() { pause_ = std::chrono::milliseconds{0}; }

private:
    std::chrono::milliseconds longest_;
    std::chrono::milliseconds pause_{0};
};

}  // namespace walferry::pipeline
