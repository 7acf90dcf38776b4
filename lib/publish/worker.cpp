#include "lib/publish/worker.hpp"

namespace walferry::publish {

worker::~worker() {
    stop();
    thread_.join();
}

void worker::post(job what) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(what));
    }
    changed_.notify_all();
}

void worker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
}

bool worker::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

bool worker::pause(std::chrono::milliseconds howlong) const {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, howlong, [this] { return stopping_; });
}

worker::job worker::next() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, idle_after_, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) {
        return {};
    }
    if (jobs_.empty()) {
        return when_idle_;
    }
    job first = std::move(jobs_.front());
    jobs_.pop_front();
    return first;
}

void worker::run() {
    while (job what = next()) {
        what();
    }
}

}  // namespace walferry::publish
