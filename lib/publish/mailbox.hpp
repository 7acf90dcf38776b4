#pragma once

#include "lib/publish/wake_event.hpp"

#include <mutex>
#include <utility>
#include <vector>

namespace walferry::publish {

// Carries results from a helper thread to the loop's.
template <typename message>
class mailbox {
public:
    explicit mailbox(wake_event& wake) : wake_(wake) {}

    void put(message what) {
        {
            const std::lock_guard lock(mutex_);
            messages_.push_back(std::move(what));
        }
        wake_.signal();
    }

    std::vector<message> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(messages_, {});
    }

private:
    wake_event& wake_;
    std::mutex mutex_;
    std::vector<message> messages_;
};

}  // namespace walferry::publish
