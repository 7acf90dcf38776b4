#include "lib/postgres/connection.hpp"

#include "lib/postgres/connection_state.hpp"
#include "lib/postgres/connection_text.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace walferry::postgres {
namespace {

// What an administrator's ALTER ROLE ... SET must not change: the bytes of values
// (pgoutput.md 1.2), how long we may wait, that a publication can be created, and the warning that
// is PostgreSQL 18's only word about a lost one. Set after connecting rather than by `options`:
// these win over the user's options without losing them, and a setting that a version does not know
// is left out.
constexpr std::string_view pinned_settings =
    "SELECT pg_catalog.set_config(pinned.name, pinned.value, false) FROM (VALUES"
    " ('search_path', 'pg_catalog'), ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'),"
    " ('timezone', 'UTC'), ('extra_float_digits', '3'), ('bytea_output', 'hex'),"
    " ('lc_monetary', 'C'), ('standard_conforming_strings', 'on'), ('quote_all_identifiers', "
    "'off'),"
    " ('row_security', 'off'), ('jit', 'off'), ('client_min_messages', 'warning'),"
    " ('default_transaction_read_only', 'off'),"
    " ('statement_timeout', '0'), ('lock_timeout', '0'), ('transaction_timeout', '0'),"
    " ('idle_session_timeout', '0'), ('idle_in_transaction_session_timeout', '0')"
    ") AS pinned (name, value)"
    " WHERE pg_catalog.current_setting(pinned.name, true) IS NOT NULL";

// A walsender that spills a transaction to disk needs 1.5 s more per million rows. Only where
// nobody chose a value.
constexpr std::string_view decoding_memory =
    "; SELECT pg_catalog.set_config('logical_decoding_work_mem', '256MB', false)"
    " FROM pg_catalog.pg_settings"
    " WHERE name = 'logical_decoding_work_mem' AND source = 'default'";

std::string session_settings(bool decodes) {
    std::string sql{pinned_settings};
    if (decodes) {
        sql += decoding_memory;
    }
    return sql;
}

std::string text_of(const char* text) {
    return text == nullptr ? std::string{} : text;
}

// For a resolver that answers to nobody; the hosts themselves have their timeouts in connector.
std::chrono::milliseconds patience(const connect_request& request) {
    const char* hosts = std::getenv("PGHOST");
    const std::size_t hosts_max = list_size(request.url) + list_size(hosts == nullptr ? "" : hosts);
    return request.timeout * static_cast<int>(hosts_max);
}

task<result<pg_conn_ptr>> establish(boost::asio::io_context& io, connect_request request) {
    using boost::asio::posix::stream_descriptor;
    const time_point deadline = std::chrono::steady_clock::now() + patience(request);
    boost::asio::steady_timer timer{io};
    connector attempt{std::move(request)};
    // A copy, because the descriptor closes what it holds.
    stream_descriptor done{io, dup(attempt.done_fd())};
    // Asio may hand a new descriptor the readiness of one that was let go in the same turn.
    bool ready = true;
    while (ready && !attempt.is_done()) {
        ready = co_await wait_until(done, stream_descriptor::wait_read, timer, deadline);
    }
    if (!ready) {
        co_return fail(error_kind::server_unreachable, "the server's name was not resolved in time",
                       "check the host names of source.url and the resolver");
    }
    co_return attempt.take();
}

}  // namespace

task<result<connection>> connection::open(boost::asio::io_context& io, connect_request request) {
    const bool decodes = request.decodes || request.kind == session_kind::replication;
    const auto timeout = request.timeout;
    auto established = co_await establish(io, std::move(request));
    if (!established) {
        co_return tl::unexpected<error>(std::move(established.error()));
    }
    connection opened{std::make_shared<state>(io, *std::move(established)), part::owner};
    auto pinned = co_await opened.query(session_settings(decodes), timeout);
    if (!pinned) {
        co_return tl::unexpected<error>(std::move(pinned.error()));
    }
    co_return opened;
}

connection::connection(std::shared_ptr<state> session, part role)
    : state_(std::move(session)), role_(role) {}

connection::connection(connection&& other) noexcept
    : state_(std::move(other.state_)), role_(other.role_) {}

connection& connection::operator=(connection&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(role_, other.role_);
    return *this;
}

connection::~connection() {
    if (state_ != nullptr && role_ == part::owner) {
        state_->close();
    }
}

connection connection::share() const {
    return {state_, part::guest};
}

task<result<query_result>> connection::query(std::string sql, std::chrono::milliseconds timeout) {
    const auto session = state_;
    const time_point deadline = std::chrono::steady_clock::now() + timeout;
    subject about;
    about.role = user();
    about.database = database();
    auto answer =
        co_await session->execute(std::move(sql), deadline, phase::query, std::move(about));
    if (!answer) {
        co_return tl::unexpected<error>(std::move(answer.error()));
    }
    co_return query_result{answer->release()};
}

bool connection::usable() const {
    return state_ != nullptr && !state_->broken && PQstatus(state_->libpq.get()) == CONNECTION_OK;
}

int connection::server_version() const {
    return PQserverVersion(state_->libpq.get());
}
int connection::backend_pid() const {
    return PQbackendPID(state_->libpq.get());
}
std::string connection::user() const {
    return text_of(PQuser(state_->libpq.get()));
}
std::string connection::database() const {
    return text_of(PQdb(state_->libpq.get()));
}
std::string connection::host() const {
    return text_of(PQhost(state_->libpq.get()));
}

transport connection::via() const {
    int domain = 0;
    socklen_t size = sizeof domain;
    getsockopt(PQsocket(state_->libpq.get()), SOL_SOCKET, SO_DOMAIN, &domain, &size);
    return domain == AF_UNIX ? transport::unix_socket : transport::tcp;
}

std::vector<notice> connection::take_notices() {
    return std::exchange(state_->notices, {});
}

}  // namespace walferry::postgres
