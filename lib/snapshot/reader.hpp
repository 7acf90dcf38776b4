#pragma once

#include "decoders/pgoutput/message.hpp"
#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/snapshot/source_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace walferry::snapshot {

struct reading_request {
    config::source_settings source;
    int workers = 1;
    std::chrono::milliseconds max_transaction{0};
    std::vector<std::uint32_t> tables;  // OIDs
    // Whether a table is to be read; asked once a table.
    std::function<bool(const table_size&)> selects;
    std::string exported;  // snapshot that the slot's creation exported; empty: take one
};

// Who gets what is read. Tables are numbered as in begins(). Called from the io_context only, never
// inside a call of the reader's.
class row_taker {
public:
    virtual ~row_taker() = default;

    virtual void begins(const std::vector<table_size>& tables) = 0;

    // False: nothing may be given now, neither announcements nor rows.
    virtual bool wants_rows() = 0;
    virtual void announces(std::uint32_t table, const pgoutput::relation& as,
                           std::uint32_t newest_transaction) = 0;
    // At least one row; wants_rows() was true.
    virtual void rows(std::uint32_t table, std::span<const std::string_view> lines) = 0;
    virtual void table_ends(std::uint32_t table) = 0;

    // Once, at last: everything was read, or why not.
    virtual void ended(std::optional<error> why) = 0;
};

// Reads tables by COPY on connections of its own, in parallel, with back-pressure: what is not
// wanted stays on the server. Each table is read under one snapshot and a lock that keeps its
// definition and its rows; a snapshot that is older than max_transaction is not used for another
// table. One use. Destruction closes the connections; `taker` hears nothing after it.
class reader {
public:
    reader(boost::asio::io_context& io, reading_request request, row_taker& taker);
    ~reader();
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    void start();

    // Call it whenever rows may be wanted again.
    void go_on();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace walferry::snapshot
