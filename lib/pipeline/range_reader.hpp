#pragma once

#include "lib/base/error.hpp"
#include "lib/base/lsn.hpp"
#include "lib/config/settings.hpp"
#include "lib/pipeline/range_plan.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace walferry::pipeline {

struct range_request {
    config::source_settings source;
    bool binary = false;
    std::string server_started;     // postgres::server_facts::started
    std::vector<wal_range> ranges;  // each begins where the one before ends; at least one
};

// Who gets what is decoded. Called from the io_context only, never inside a call of the reader's.
class range_taker {
public:
    virtual ~range_taker() = default;

    virtual void breathe() = 0;  // every few dozen messages, before wants_message()
    virtual bool wants_message() = 0;
    virtual void message(lsn at, std::string_view what) = 0;
    virtual void turn_over() = 0;  // after messages
    virtual void range_ends(lsn at) = 0;

    // Once, at last: everything was read, or why not. Messages of a transaction that did not end
    // may have been given before.
    virtual void ended(std::optional<error> why) = 0;
};

// Lets at most source.catch_up.workers backends decode ranges of WAL at the same time and gives
// their messages in the order of the ranges, with back-pressure: what is not wanted waits in the
// backends. One use. Destruction closes the connections; `taker` hears nothing after it.
class range_reader {
public:
    range_reader(boost::asio::io_context& io, range_request request, range_taker& taker);
    ~range_reader();
    range_reader(const range_reader&) = delete;
    range_reader& operator=(const range_reader&) = delete;

    void start();

    // Call it whenever a message may be wanted again.
    void go_on();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace walferry::pipeline
