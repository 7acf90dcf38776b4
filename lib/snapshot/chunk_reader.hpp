#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/snapshot/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace walferry::snapshot {

// Who gets the answers. Called from the io_context only, never inside a call of the reader's.
class chunk_taker {
public:
    virtual ~chunk_taker() = default;

    // False: the chunk is not wanted any more.
    virtual bool opened(const opened_table& table) = 0;
    // The name stands for these tables; nothing was read.
    virtual void expanded(std::uint64_t number, const std::vector<std::string>& tables) = 0;
    virtual void read(chunk rows) = 0;
    virtual void failed(std::uint64_t number, error why) = 0;
};

// Reads chunks on one connection of its own, which it opens when it needs it, and writes the marks
// around them into the WAL: the opening mark of a table, then it waits until whoever may have
// committed a change before it is done; the chunk, in a transaction of its own under a new
// snapshot; the high mark when the taker has the chunk.
//
// One request at a time. Destruction closes the connection; `taker` hears nothing after it.
class chunk_reader {
public:
    struct limits {
        std::uint64_t rows = 10'000;
        std::size_t bytes = 8u << 20;  // one row may be larger
    };

    // Whether source.tables selects a table.
    using table_filter = std::function<bool(std::string_view schema, std::string_view table)>;

    chunk_reader(boost::asio::io_context& io, config::source_settings source, table_filter selects,
                 limits bounds, std::string token, chunk_taker& taker);
    ~chunk_reader();
    chunk_reader(const chunk_reader&) = delete;
    chunk_reader& operator=(const chunk_reader&) = delete;

    void read(chunk_request request);

    // For people; empty: nobody is waited for.
    const std::string& waits_for() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace walferry::snapshot
