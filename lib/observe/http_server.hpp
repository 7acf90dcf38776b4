#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/observe/http_router.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace walferry::observe {

class logger;
struct http_service;

struct http_limits {
    std::uint32_t header_bytes_max = 8 * 1024;
    std::uint64_t body_bytes_max = 64 * 1024;
    std::chrono::milliseconds deadline{5'000};  // to send a request, to take a reply, to be idle
    std::size_t connections_max = 64;
    std::size_t watchers_max = 16;  // of these, open on /events
    std::chrono::milliseconds sample_interval{1'000};
};

// Serves /healthz /readyz /metrics /status / and /events on the loop's io_context, and what others
// add by POST. Life: made and destroyed by who owns the loop, which outlives it; nothing happens
// before start(). Thread: the loop's only. Errors: start() says why the port cannot be bound;
// a client that misbehaves loses its connection and nobody is told.
class http_server {
public:
    http_server(boost::asio::io_context& loop, const config::http_settings& settings,
                http_router::facts_source facts, logger& log, http_limits limits = {});
    ~http_server();

    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    // Binds and begins to serve; logs the address. Returns the port, which differs from the
    // configured one when that is 0. With an empty http.listen it does nothing and returns 0.
    result<std::uint16_t> start();

    void add_post_route(std::string path, post_handler handler);

    // Another http.token from now on.
    void set_token(std::string token);

    // Closes the port and all connections. Idempotent; the destructor does it too.
    void stop();

private:
    std::shared_ptr<http_service> service_;
};

}  // namespace walferry::observe
