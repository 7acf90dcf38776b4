#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/query_result.hpp"
#include "lib/postgres/task.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace walferry::postgres {

enum class session_kind {
    ordinary,
    replication,  // replication=database: a walsender; simple queries and replication commands
};

enum class transport { unix_socket, tcp };

struct connect_request {
    std::string url;  // libpq conninfo or URI; PG* variables, services, .pgpass count too
    std::string application_name;  // unless the url, its service or PGAPPNAME names one
    session_kind kind = session_kind::ordinary;
    std::chrono::milliseconds timeout{10'000};  // per host of the url
    bool decodes = false;                       // an ordinary one that decodes WAL by SQL
};

struct notice {
    std::string severity;  // never translated: WARNING, NOTICE, ...
    std::string sqlstate;
    std::string text;
    std::string source_function;  // of the server's code
};

// One session with PostgreSQL whose output settings are pinned (pgoutput.md 1.2), UTF8; of a
// database in SQL_ASCII the bytes as they are.
//
// Life: open() makes it, the destructor sends Terminate and closes without waiting; a query that
// still waits then fails with connection_lost. Movable. Must not outlive the io_context.
// Thread: the io_context's. One task at a time. Connecting runs on a helper thread, because libpq
// resolves names, reads files and may talk to Kerberos while it blocks; all later I/O is
// non-blocking.
// Errors: values; the kind by sqlstate.hpp. No text holds a password or a URL. After a timeout or a
// lost connection usable() is false and every query fails with connection_lost.
class connection {
public:
    // Several hosts are tried in order, each for `timeout`. Kinds: config_invalid (not a connection
    // string), server_unreachable, authentication_failed, database_missing, privilege_missing,
    // server_not_ready, too_many_connections, ...
    static task<result<connection>> open(boost::asio::io_context& io, connect_request request);

    connection() = default;  // not connected: usable() is false, nothing else may be asked
    connection(connection&&) noexcept;
    connection& operator=(connection&&) noexcept;
    ~connection();

    // One or several statements or one replication command; no parameters (walsenders know only
    // simple queries): quote with sql_text.hpp. When `timeout` passes, the statement is cancelled
    // on the server and the connection is given up.
    task<result<query_result>> query(std::string sql,
                                     std::chrono::milliseconds timeout = default_timeout);

    bool usable() const;
    int server_version() const;  // server_version_num
    int backend_pid() const;
    std::string user() const;
    std::string database() const;
    std::string host() const;  // that answered; a path for a unix socket
    transport via() const;

    // What the server noticed since the last call; at most 100 are kept.
    std::vector<notice> take_notices();

    // A second handle for a task that may be running when the owner goes; it does not keep the
    // session open.
    connection share() const;

    static constexpr std::chrono::milliseconds default_timeout{30'000};

    struct state;  // for this folder's sources only
    const std::shared_ptr<state>& session() const { return state_; }

private:
    enum class part { owner, guest };
    connection(std::shared_ptr<state> session, part role);
    std::shared_ptr<state> state_;
    part role_ = part::guest;
};

}  // namespace walferry::postgres
