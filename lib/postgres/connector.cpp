#include "lib/postgres/connector.hpp"

#include "lib/postgres/connect_parameters.hpp"
#include "lib/postgres/connection_text.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace walferry::postgres {
namespace {

using clock = std::chrono::steady_clock;

int new_event() {
    const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    return fd;
}

void signal_event(int fd) {
    const std::uint64_t one = 1;
    // An eventfd can only refuse when its counter is full, and then it is readable anyway.
    if (write(fd, &one, sizeof one) < 0) {
        return;
    }
}

// The host being tried: libpq goes through hosts and addresses by itself.
std::string current_address(const PGconn* connection) {
    const char* host = PQhost(connection);
    const char* address = PQhostaddr(connection);
    return std::string{host == nullptr ? "" : host} + ' ' + (address == nullptr ? "" : address);
}

enum class progress { connected, refused, timed_out, abandoned };

// Waits until the connection's socket is ready; false: the deadline passed.
bool wait_for(const PGconn* connection, PostgresPollingStatusType wanted, int abandon_fd,
              clock::time_point deadline, bool& abandoned) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    pollfd fds[2] = {};
    fds[0].fd = PQsocket(connection);
    fds[0].events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    fds[1].fd = abandon_fd;
    fds[1].events = POLLIN;
    const int ready = poll(fds, 2, left.count() < 0 ? 0 : static_cast<int>(left.count()));
    abandoned = fds[1].revents != 0;
    return ready > 0 || (ready < 0 && errno == EINTR);
}

progress drive(PGconn* connection, int abandon_fd, std::chrono::milliseconds timeout) {
    if (PQstatus(connection) == CONNECTION_BAD) {
        return progress::refused;
    }
    // Reports then carry their SQLSTATE, which libpq 15 offers no other way to learn.
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    std::string address = current_address(connection);
    auto deadline = clock::now() + timeout;
    auto wanted = PGRES_POLLING_WRITING;
    for (;;) {
        bool abandoned = false;
        const bool ready = wait_for(connection, wanted, abandon_fd, deadline, abandoned);
        if (abandoned) {
            return progress::abandoned;
        }
        if (!ready) {
            return progress::timed_out;
        }
        wanted = PQconnectPoll(connection);
        if (wanted == PGRES_POLLING_OK) {
            PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
            return progress::connected;
        }
        if (wanted == PGRES_POLLING_FAILED) {
            return progress::refused;
        }
        if (std::string now_at = current_address(connection); now_at != address) {
            address = std::move(now_at);
            deadline = clock::now() + timeout;
        }
    }
}

// A database in SQL_ASCII holds any bytes. The server would check them against UTF8, and end the
// stream at the first row that is something else.
progress accept_any_bytes(PGconn* connection, int abandon_fd, std::chrono::milliseconds timeout) {
    const char* encoding = PQparameterStatus(connection, "server_encoding");
    if (encoding == nullptr || std::string_view{encoding} != "SQL_ASCII") {
        return progress::connected;
    }
    const auto deadline = clock::now() + timeout;
    if (PQsendQuery(connection, "SET client_encoding = 'SQL_ASCII'") != 1) {
        return progress::refused;
    }
    while (PQisBusy(connection) == 1) {
        bool abandoned = false;
        const bool ready =
            wait_for(connection, PGRES_POLLING_READING, abandon_fd, deadline, abandoned);
        if (abandoned || !ready) {
            return abandoned ? progress::abandoned : progress::timed_out;
        }
        if (PQconsumeInput(connection) != 1) {
            return progress::refused;
        }
    }
    bool done = true;
    while (PGresult* answer = PQgetResult(connection)) {
        done = done && PQresultStatus(answer) == PGRES_COMMAND_OK;
        PQclear(answer);
    }
    return done ? progress::connected : progress::refused;
}

error refusal(PGconn* connection, const connect_request& request) {
    const char* user = PQuser(connection);
    const char* database = PQdb(connection);
    subject about;
    about.role = user == nullptr ? "" : user;
    about.database = database == nullptr ? "" : database;
    const phase when =
        request.kind == session_kind::replication ? phase::connect_replication : phase::connect;
    server_report report = parse_connect_failure(PQerrorMessage(connection));
    if (report.sqlstate.empty() && PQconnectionNeedsPassword(connection) == 1) {
        report.sqlstate = "28P01";  // libpq gave up before the server could say so
    }
    return explain(when, report, about);
}

error silence(const PGconn* connection, std::chrono::milliseconds timeout) {
    const char* host = PQhost(connection);
    const char* port = PQport(connection);
    return error{error_kind::server_unreachable,
                 "no answer from " + std::string{host == nullptr ? "the server" : host} + " port " +
                     (port == nullptr ? "" : port) + " in " + std::to_string(timeout.count()) +
                     " ms",
                 "check address, port and firewall of source.url",
                 {}};
}

}  // namespace

void pg_conn_deleter::operator()(pg_conn* connection) const {
    PQfinish(connection);
}

struct connector::attempt {
    explicit attempt(connect_request wanted)
        : request(std::move(wanted)), done_fd(new_event()), abandon_fd(new_event()) {}
    ~attempt() {
        close(done_fd);
        close(abandon_fd);
    }
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;

    // Written by the thread before it signals done_fd, read afterwards.
    result<pg_conn_ptr> outcome = pg_conn_ptr{};

    const connect_request request;
    std::atomic<bool> is_done = false;
    const int done_fd;
    const int abandon_fd;

    void run();
    bool try_hosts_from(std::size_t first, const connect_parameters& parameters);
};

// True: nothing is gained by beginning the list of hosts elsewhere.
bool connector::attempt::try_hosts_from(std::size_t first, const connect_parameters& parameters) {
    const auto keywords = parameters.beginning_at(first);
    pg_conn_ptr connection{PQconnectStartParams(keywords.names(), keywords.values(), 1)};
    if (connection == nullptr) {
        outcome = fail(error_kind::internal, "libpq has no memory for a connection");
        return true;
    }
    auto reached = drive(connection.get(), abandon_fd, request.timeout);
    if (reached == progress::connected) {
        reached = accept_any_bytes(connection.get(), abandon_fd, request.timeout);
    }
    switch (reached) {
        case progress::connected:
            outcome = std::move(connection);
            return true;
        case progress::timed_out:
            outcome = tl::unexpected<error>(silence(connection.get(), request.timeout));
            return false;
        case progress::refused:
            outcome = tl::unexpected<error>(refusal(connection.get(), request));
            return true;
        case progress::abandoned:
            break;
    }
    outcome = fail(error_kind::server_unreachable, "the attempt to connect was given up");
    return true;
}

void connector::attempt::run() {
    if (auto complaint = connection_string_defect(request.url)) {
        outcome = tl::unexpected<error>(*std::move(complaint));
    } else {
        const connect_parameters parameters{request};
        // libpq passes over a host that refuses, not over one that is silent.
        for (std::size_t first = 0; first < parameters.hosts(); ++first) {
            if (try_hosts_from(first, parameters)) {
                break;
            }
        }
    }
    is_done = true;
    signal_event(done_fd);
}

connector::connector(connect_request request)
    : attempt_(std::make_shared<attempt>(std::move(request))) {
    std::thread{[work = attempt_] { work->run(); }}.detach();
}

connector::~connector() {
    signal_event(attempt_->abandon_fd);
}

int connector::done_fd() const {
    return attempt_->done_fd;
}

bool connector::is_done() const {
    return attempt_->is_done;
}

result<pg_conn_ptr> connector::take() {
    return std::move(attempt_->outcome);
}

void cancel_in_background(pg_conn* connection) {
    PGcancel* request = PQgetCancel(connection);
    if (request == nullptr) {
        return;
    }
    std::thread{[request] {
        char complaint[256];
        PQcancel(request, complaint, sizeof complaint);
        PQfreeCancel(request);
    }}.detach();
}

}  // namespace walferry::postgres
