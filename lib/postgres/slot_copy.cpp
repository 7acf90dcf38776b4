#include "lib/postgres/slot_copy.hpp"

#include "lib/postgres/commands.hpp"
#include "lib/postgres/replication_stream_state.hpp"
#include "lib/postgres/sql_text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace walferry::postgres {
namespace {

// Forwarding reads all WAL from the slot's restart_lsn on.
constexpr std::chrono::minutes forward_patience{30};

using unexpected = tl::unexpected<error>;

// A backend whose client is gone would go on until its range is decoded, and keep the slot for so
// long. Where the server's system cannot look, it does.
constexpr const char* watch_client = "SET client_connection_check_interval = '1s'";

}  // namespace

slot_copy::slot_copy(connection session, std::string name, config::source_settings source,
                     bool binary)
    : session_(std::move(session)),
      name_(std::move(name)),
      source_(std::move(source)),
      binary_(binary) {}

task<result<slot_copy>> slot_copy::make(boost::asio::io_context& io, config::source_settings source,
                                        bool binary, std::string server_started) {
    connect_request how;
    how.url = source.url;
    how.application_name = source.slot + "_catch_up";
    how.timeout = source.connect_timeout;
    how.decodes = true;
    auto session = co_await connection::open(io, std::move(how));
    if (!session) {
        co_return unexpected(std::move(session.error()));
    }
    std::string watch = watch_client;
    auto watched = co_await session->query(std::move(watch));
    if (!watched && !session->usable()) {
        co_return unexpected(std::move(watched.error()));
    }
    auto started = co_await session->query("SELECT pg_postmaster_start_time()");
    if (!started) {
        co_return unexpected(std::move(started.error()));
    }
    if (started->rows() != 1 || started->text(0, 0) != server_started) {
        co_return fail(error_kind::server_not_ready,
                       "two connections by source.url reached two different servers",
                       "add target_session_attrs=read-write to source.url");
    }
    std::string sql = "SELECT slot_name FROM pg_copy_logical_replication_slot(" +
                      quote_literal(source.slot) +
                      ", 'walferry_catch_up_' || pg_backend_pid(), true)";
    auto made = co_await session->query(std::move(sql));
    if (!made) {
        co_return unexpected(std::move(made.error()));
    }
    co_return slot_copy{std::move(*session), made->string(0, 0), std::move(source), binary};
}

task<result<lsn>> slot_copy::forward(lsn to) {
    begins_ = to;
    const std::string name = quote_literal(name_);
    std::string sql = "SELECT pg_replication_slot_advance(" + name + ", greatest(" +
                      quote_literal(to_string(to)) +
                      "::pg_lsn, confirmed_flush_lsn)) FROM pg_replication_slots "
                      "WHERE slot_name = " +
                      name;
    auto moved = co_await session_.query(std::move(sql), forward_patience);
    if (!moved) {
        co_return unexpected(std::move(moved.error()));
    }
    std::string ask =
        "SELECT confirmed_flush_lsn, restart_lsn FROM pg_replication_slots "
        "WHERE slot_name = " +
        name;
    auto at = co_await session_.query(std::move(ask));
    if (!at) {
        co_return unexpected(std::move(at.error()));
    }
    if (at->rows() != 1 || at->location(0, 0) != to) {
        co_return fail(error_kind::server_error, "slot " + name_ + ", a copy of \"" + source_.slot +
                                                     "\", does not stand at " + to_string(to));
    }
    co_return at->location(0, 1);
}

task<result<copy_out>> slot_copy::changes(lsn upto) {
    start_options how;
    how.publication = source_.publication;
    how.from = begins_;
    how.binary = binary_;
    std::string sql = copy_changes_command(how, name_, upto);
    auto copy = co_await copy_out::begin(session_, std::move(sql));
    co_return copy;
}

std::optional<error> slot_copy::warned() {
    for (const notice& heard : session_.take_notices()) {
        if (tells_of_lost_publication(heard)) {
            return error{error_kind::publication_lost, heard.text, {}, "42704"};
        }
    }
    return std::nullopt;
}

}  // namespace walferry::postgres
