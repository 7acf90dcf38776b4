#pragma once

#include "lib/postgres/connection.hpp"
#include "lib/postgres/connector.hpp"
#include "lib/postgres/sqlstate.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

// The inside of connection, for this folder's sources only: here libpq meets Asio.
namespace walferry::postgres {

struct pg_result_deleter {
    void operator()(PGresult* result) const { PQclear(result); }
};
using pg_result_ptr = std::unique_ptr<PGresult, pg_result_deleter>;

using time_point = std::chrono::steady_clock::time_point;
enum class direction { read, write };

// Of a failed result; without a result, what libpq says of the connection.
server_report report_of(const PGresult* failed);
server_report report_of(const PGconn* broken);

// True when the descriptor is ready or closed, false when the deadline passed first. Asio's || of
// awaitables would do, for three more coroutines a wait.
task<bool> wait_until(boost::asio::posix::stream_descriptor& socket,
                      boost::asio::posix::stream_descriptor::wait_type what,
                      boost::asio::steady_timer& timer, time_point deadline);

struct connection::state {
    state(boost::asio::io_context& context, pg_conn_ptr established);
    ~state() { close(); }
    state(const state&) = delete;
    state& operator=(const state&) = delete;

    // Ends the session; what waits for it fails. Again: nothing.
    void close();

    // Waits for the socket; false: the deadline passed.
    task<bool> wait(direction wanted, time_point deadline);

    // Sends the text and reads until its last result, or until the first COPY begins.
    task<result<pg_result_ptr>> execute(std::string sql, time_point deadline, phase when,
                                        subject about);

    // False: the deadline passed or the session was closed.
    task<bool> send_all(time_point deadline);
    task<bool> await_result(time_point deadline);

    // The statement is cancelled on the server, the connection gets no further query.
    error give_up(const std::string& why);

    boost::asio::io_context& io;
    pg_conn_ptr libpq;
    // A duplicate: libpq closes its own whenever the connection breaks, and the number may be
    // another session's when Asio lets go of it.
    boost::asio::posix::stream_descriptor socket;
    boost::asio::steady_timer timer;
    std::vector<notice> notices;
    bool broken = false;
};

}  // namespace walferry::postgres
