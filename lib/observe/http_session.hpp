#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace walferry::observe {

struct http_service;

// One connection: reads a request, writes the reply, again; or becomes a watcher of /events. Owned
// by its pending operations; ends with the first one that fails. Counts itself in its service.
class http_session {
public:
    virtual ~http_session() = default;

    virtual void close() = 0;

    // Skipped while an earlier event is on its way: a slow page gets fewer, never a queue of them.
    // Does nothing for a connection that does not watch.
    virtual void send_event(const std::string& event) = 0;
};

void serve_connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<http_service> service);

}  // namespace walferry::observe
