#pragma once

#include "lib/postgres/task.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <memory>

namespace walferry::pipeline {

// Runs coroutines one after the other: a connection does one task at a time. Loop thread only.
class job_queue {
public:
    using job = std::function<postgres::task<void>()>;

    explicit job_queue(boost::asio::io_context& io) : io_(io) {}

    void add(job next);

    bool idle() const { return state_->jobs.empty() && !state_->running; }

    // Jobs that have not begun are dropped; one that runs ends by itself.
    void clear() { state_->jobs.clear(); }

private:
    struct state {
        std::deque<job> jobs;
        bool running = false;
    };

    static postgres::task<void> run(std::shared_ptr<state> queue);

    boost::asio::io_context& io_;
    std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace walferry::pipeline
