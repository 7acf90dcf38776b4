#include "lib/pipeline/job_queue.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace walferry::pipeline {

postgres::task<void> job_queue::run(std::shared_ptr<state> queue) {
    while (!queue->jobs.empty()) {
        auto next = std::move(queue->jobs.front());
        queue->jobs.pop_front();
        co_await next();
    }
    queue->running = false;
}

void job_queue::add(job next) {
    state_->jobs.push_back(std::move(next));
    if (state_->running) {
        return;
    }
    state_->running = true;
    boost::asio::co_spawn(io_, run(state_), [](const std::exception_ptr& failure) {
        if (failure) {
            std::rethrow_exception(failure);
        }
    });
}

}  // namespace walferry::pipeline
