#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace walferry::publish {

// One thread for calls that block, in the order they are posted, and for one that comes again when
// nothing was posted for a while. Jobs must end soon once stopping() is true. Destruction stops and
// joins.
class worker {
public:
    using job = std::function<void()>;

    worker(job when_idle, std::chrono::milliseconds idle_after)
        : when_idle_(std::move(when_idle)), idle_after_(idle_after), thread_([this] { run(); }) {}
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;
    ~worker();

    void post(job what);
    void stop();

    // From inside a job.
    bool stopping() const;
    // Sleeps; false when it was cut short by stop().
    bool pause(std::chrono::milliseconds howlong) const;

private:
    void run();
    job next();  // empty when stopping

    job when_idle_;
    std::chrono::milliseconds idle_after_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::deque<job> jobs_;
    bool stopping_ = false;
    std::thread thread_;  // last: it uses the members above
};

}  // namespace walferry::publish
