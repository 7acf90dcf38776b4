#pragma once

// What the server and its connections share. Internal to the HTTP server.

#include "lib/observe/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unordered_map>

namespace walferry::observe {

class http_session;

// Lives until the last operation that it or one of its connections started has ended, which may be
// after its http_server: then `stopped` is set, and router and log are not touched any more.
struct http_service : std::enable_shared_from_this<http_service> {
    http_service(boost::asio::io_context& io, const config::http_settings& wanted,
                 http_router::facts_source facts, logger& to, http_limits bounds)
        : listen(wanted.listen),
          router(std::move(facts), wanted.token),
          log(to),
          limits(bounds),
          acceptor(io),
          sample_timer(io),
          retry_timer(io) {}

    result<std::uint16_t> bind();
    void accept();
    void schedule_sample();
    void stop();

    std::string listen;
    http_router router;
    logger& log;
    http_limits limits;
    boost::asio::ip::tcp::acceptor acceptor;
    boost::asio::steady_timer sample_timer;
    boost::asio::steady_timer retry_timer;
    std::unordered_map<http_session*, std::weak_ptr<http_session>> sessions;
    std::size_t watchers = 0;
    bool stopped = false;
};

}  // namespace walferry::observe
