#pragma once

// Asio's names without Asio's headers: whoever awaits a task includes <boost/asio/awaitable.hpp>.
namespace boost::asio {
class any_io_executor;
class io_context;
template <typename value, typename executor>
class awaitable;
}  // namespace boost::asio

namespace walferry::postgres {

// A coroutine of the loop's thread. Expected failures are `result` values. Asio's cancellation ends
// it soon: with connection_lost, or with boost::system::system_error(operation_aborted).
// Arguments of an awaited call are named or moved locals (style.md 2.7: g++ 12).
template <typename value>
using task = boost::asio::awaitable<value, boost::asio::any_io_executor>;

}  // namespace walferry::postgres
