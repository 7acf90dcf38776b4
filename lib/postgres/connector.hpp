#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"

#include <chrono>
#include <memory>

namespace walferry::postgres {

struct pg_conn_deleter {
    void operator()(pg_conn* connection) const;
};
using pg_conn_ptr = std::unique_ptr<pg_conn, pg_conn_deleter>;

// Establishes one libpq connection on a thread of its own, since resolving names, reading files and
// Kerberos block inside libpq. The thread knows nothing of Asio: it writes to a file descriptor
// when it is through, and owns its part, so that it may outlive this object (a resolver can take
// long).
class connector {
public:
    explicit connector(connect_request request);
    ~connector();  // gives the attempt up

    connector(const connector&) = delete;
    connector& operator=(const connector&) = delete;

    // Readable when is_done().
    int done_fd() const;

    bool is_done() const;

    // Once, when is_done().
    result<pg_conn_ptr> take();

private:
    struct attempt;
    std::shared_ptr<attempt> attempt_;
};

// Asks the server to cancel what the connection runs, on a thread of its own (libpq blocks there).
void cancel_in_background(pg_conn* connection);

}  // namespace walferry::postgres
