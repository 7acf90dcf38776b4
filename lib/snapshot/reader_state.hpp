#pragma once

#include "lib/postgres/connection.hpp"
#include "lib/postgres/copy_out.hpp"
#include "lib/postgres/task_group.hpp"
#include "lib/postgres/wake_call.hpp"
#include "lib/snapshot/reader.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace walferry::snapshot {

// A snapshot that several transactions read under. One that a slot's creation exported lives on the
// slot's connection, any other in a transaction here.
struct shared_snapshot {
    std::string id;
    std::chrono::steady_clock::time_point taken;
    postgres::connection holder;
};

// The inside of `reader`, for its own sources only.
struct reader::state : std::enable_shared_from_this<reader::state> {
    using snapshot_handle = std::shared_ptr<shared_snapshot>;

    // A part of a table that one worker reads.
    struct part {
        std::uint32_t table = 0;
        page_range range;
    };

    struct table_state {
        std::size_t parts_left = 0;
        snapshot_handle under;  // all parts of a table are read under one snapshot
        bool announced = false;
    };

    state(boost::asio::io_context& context, reading_request asked, row_taker& target)
        : io(context), request(std::move(asked)), taker(&target), jobs(context), wanted(context) {}

    postgres::task<void> run();
    postgres::task<result<void>> list_tables();
    postgres::task<void> work();
    postgres::task<result<void>> read_part(postgres::connection& session, part what);
    postgres::task<result<table_shape>> shape_under(postgres::connection& session, part what);
    postgres::task<result<void>> announce(const table_shape& shape, std::uint32_t table);
    postgres::task<result<void>> copy_rows(postgres::copy_out copy, std::uint32_t table);
    postgres::task<result<snapshot_handle>> snapshot_for(std::uint32_t table);
    postgres::task<result<postgres::connection>> connect();
    postgres::task<void> until_wanted();
    postgres::task<void> breathe();

    void worker_ended(std::optional<error> why);
    bool stopped() const { return taker == nullptr; }

    boost::asio::io_context& io;
    reading_request request;
    row_taker* taker;  // null: nobody listens any more
    postgres::task_group jobs;
    postgres::wake_call wanted;
    std::vector<table_size> tables;
    std::vector<table_state> progress;
    std::deque<part> parts;
    snapshot_handle newest;
    bool taking_snapshot = false;
    int workers_left = 0;
    std::optional<error> failure;
};

}  // namespace walferry::snapshot
