#include "lib/postgres/setup.hpp"
#include "lib/postgres/wake_call.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <string>

namespace walferry::postgres {
namespace {

connect_request request_for(const config::source_settings& source, session_kind kind) {
    connect_request request;
    request.url = source.url;
    request.application_name = source.slot;
    request.kind = kind;
    request.timeout = source.connect_timeout;
    return request;
}

// A socket that breaks while Asio takes it over throws: no more than a connection that is lost.
task<result<connection>> open_one(boost::asio::io_context& io, connect_request request) {
    std::string what;
    try {
        auto opened = co_await connection::open(io, std::move(request));
        co_return opened;
    } catch (const boost::system::system_error& broken) {
        what = broken.what();
    }
    co_return fail(error_kind::connection_lost,
                   "the connection to PostgreSQL broke while it was made: " + what);
}

// What the second one finds while the first is waited for.
struct meeting {
    explicit meeting(boost::asio::io_context& io) : arrived(io) {}

    wake_call arrived;
    std::optional<result<connection>> second;
};

}  // namespace

task<result<session_pair>> open_sessions(boost::asio::io_context& io,
                                         config::source_settings source) {
    auto meet = std::make_shared<meeting>(io);
    auto second = open_one(io, request_for(source, session_kind::replication));
    boost::asio::co_spawn(io, std::move(second),
                          [meet](const std::exception_ptr& failure, result<connection> opened) {
                              if (failure) {
                                  std::rethrow_exception(failure);
                              }
                              meet->second.emplace(std::move(opened));
                              meet->arrived.wake();
                          });
    auto request = request_for(source, session_kind::ordinary);
    auto control = co_await open_one(io, std::move(request));
    while (!meet->second) {
        co_await meet->arrived.wait();
    }
    if (!control) {
        co_return tl::unexpected<error>(std::move(control.error()));
    }
    if (!*meet->second) {
        co_return tl::unexpected<error>(std::move(meet->second->error()));
    }
    co_return session_pair{std::move(*control), std::move(**meet->second)};
}

}  // namespace walferry::postgres
