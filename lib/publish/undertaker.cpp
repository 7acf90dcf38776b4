#include "lib/publish/undertaker.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace walferry::publish {

struct undertaker::grave_count {
    std::mutex mutex;
    std::condition_variable closed;
    int open = 0;
};

undertaker::undertaker(std::chrono::milliseconds patience)
    : patience_(patience), graves_(std::make_shared<grave_count>()) {}

undertaker::~undertaker() {
    std::unique_lock lock(graves_->mutex);
    graves_->closed.wait_for(lock, patience_, [this] { return graves_->open == 0; });
}

void undertaker::bury(std::function<void()> last_rites) {
    {
        const std::lock_guard lock(graves_->mutex);
        ++graves_->open;
    }
    std::thread([graves = graves_, rites = std::move(last_rites)]() mutable {
        rites();
        rites = nullptr;
        const std::lock_guard lock(graves->mutex);
        --graves->open;
        graves->closed.notify_all();
    }).detach();
}

int undertaker::open() const {
    const std::lock_guard lock(graves_->mutex);
    return graves_->open;
}

}  // namespace walferry::publish
