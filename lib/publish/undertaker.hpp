#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace walferry::publish {

// Runs what may block at the end of a producer's life on threads of its own, so that neither the
// loop nor the process's exit waits for a broker that does not answer.
class undertaker {
public:
    // Waits at most `patience` for what still runs; the rest ends with the process.
    explicit undertaker(std::chrono::milliseconds patience = std::chrono::seconds(3));
    undertaker(const undertaker&) = delete;
    undertaker& operator=(const undertaker&) = delete;
    ~undertaker();

    void bury(std::function<void()> last_rites);
    int open() const;

private:
    struct grave_count;

    std::chrono::milliseconds patience_;
    std::shared_ptr<grave_count> graves_;
};

}  // namespace walferry::publish
