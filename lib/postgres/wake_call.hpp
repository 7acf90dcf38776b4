#pragma once

#include "lib/postgres/task.hpp"

#include <boost/asio/steady_timer.hpp>

namespace walferry::postgres {

// Lets tasks wait until something may have changed; each looks for itself whether it has. Loop
// thread only.
class wake_call {
public:
    explicit wake_call(boost::asio::io_context& io)
        : never_(io, boost::asio::steady_timer::time_point::max()) {}

    // Until the next wake(), or the task's cancellation. Outlives who waits.
    task<void> wait();

    // All who wait go on.
    void wake() { never_.cancel(); }

private:
    boost::asio::steady_timer never_;
};

}  // namespace walferry::postgres
