#pragma once

#include "lib/postgres/connection.hpp"
#include "lib/postgres/copy_out.hpp"
#include "lib/postgres/task_group.hpp"
#include "lib/postgres/wake_call.hpp"
#include "lib/snapshot/chunk_reader.hpp"
#include "lib/snapshot/chunk_sql.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace walferry::snapshot {

// The inside of `chunk_reader`, for its own sources only: chunk_reader.cpp (life, chunks),
// chunk_open.cpp (which table, who is waited for).
struct chunk_reader::state : std::enable_shared_from_this<chunk_reader::state> {
    state(boost::asio::io_context& context, config::source_settings asked, table_filter filter,
          limits bounds, std::string of_marks, chunk_taker& target)
        : io(context),
          source(std::move(asked)),
          selects(std::move(filter)),
          most(bounds),
          rows_now(bounds.rows),
          token(std::move(of_marks)),
          taker(&target),
          jobs(context),
          asked_for(context),
          pause(context) {}

    postgres::task<void> run();
    postgres::task<result<void>> serve(chunk_request& request);
    postgres::task<result<void>> connect();
    postgres::task<result<bool>> locate(const chunk_request& request);
    postgres::task<result<bool>> open(chunk_request& request);
    postgres::task<result<void>> wait_for_writers();
    postgres::task<result<void>> read_shape();
    postgres::task<result<chunk>> read_rows(const chunk_request& request);
    postgres::task<result<void>> copy_rows(postgres::copy_out copy, chunk_reading lines, chunk& to);
    postgres::task<result<void>> say(std::string sql);

    static error gone(const std::string& table);

    bool stopped() const { return taker == nullptr; }

    boost::asio::io_context& io;
    config::source_settings source;
    table_filter selects;
    limits most;
    std::uint64_t rows_now;  // that are asked for: fewer when they are large
    std::string token;
    chunk_taker* taker;  // null: nobody listens any more
    postgres::task_group jobs;
    postgres::wake_call asked_for;
    std::optional<chunk_request> waiting;
    bool running = false;
    boost::asio::steady_timer pause;
    postgres::connection session;
    std::uint32_t table = 0;
    std::string name;
    table_shape shape;
    table_key key;
    std::string waits_for;
};

}  // namespace walferry::snapshot
