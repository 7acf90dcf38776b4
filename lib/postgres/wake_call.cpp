#include "lib/postgres/wake_call.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::postgres {

task<void> wake_call::wait() {
    boost::system::error_code ignored;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
    co_await never_.async_wait(token);
}

}  // namespace walferry::postgres
