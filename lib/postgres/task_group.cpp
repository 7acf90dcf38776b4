#include "lib/postgres/task_group.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace walferry::postgres {
namespace {

// Whoever was told to stop ends with this.
void swallow_cancellation(const std::exception_ptr& failure) {
    try {
        if (failure) {
            std::rethrow_exception(failure);
        }
    } catch (const boost::system::system_error& why) {
        if (why.code() != boost::asio::error::operation_aborted) {
            throw;
        }
    }
}

}  // namespace

void task_group::spawn(task<void> job) {
    signals_.push_back(std::make_shared<boost::asio::cancellation_signal>());
    boost::asio::co_spawn(
        io_, std::move(job),
        boost::asio::bind_cancellation_slot(signals_.back()->slot(), swallow_cancellation));
}

void task_group::cancel() {
    boost::asio::dispatch(io_, [signals = signals_] {
        for (const auto& signal : signals) {
            signal->emit(boost::asio::cancellation_type::terminal);
        }
    });
}

}  // namespace walferry::postgres
