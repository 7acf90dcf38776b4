#pragma once

#include "lib/postgres/task.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <vector>

namespace walferry::postgres {

// Tasks that run beside each other and are told together to end. Loop thread only. Destruction does
// not tell them: what a task uses belongs to the task.
class task_group {
public:
    explicit task_group(boost::asio::io_context& io) : io_(io) {}

    // An exception of the task leaves io.run(), unless it is the answer to cancel().
    void spawn(task<void> job);

    // At once on the loop, else when it runs next; the group may be gone by then.
    void cancel();

private:
    boost::asio::io_context& io_;
    std::vector<std::shared_ptr<boost::asio::cancellation_signal>> signals_;  // of all ever spawned
};

}  // namespace walferry::postgres
