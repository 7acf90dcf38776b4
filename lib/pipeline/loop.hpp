#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace walferry::observe {
class logger;
struct stream_facts;
}  // namespace walferry::observe

namespace walferry::publish {
class sink_factory;
}

namespace walferry::pipeline {

class engine;

struct loop_parts {
    boost::asio::io_context& io;
    const config::settings& settings;  // complete: name, slot and publication are filled in
    observe::logger& log;
    publish::sink_factory& sinks;
    std::function<bool(std::string_view schema, std::string_view table)> selects;  // source.tables
};

// Performs what the engine decides: connections, timers, the sink's wake-ups, the log. One object
// is one run of one stream. Everything outlives it that parts refers to.
class loop {
public:
    loop(loop_parts parts, engine decides);
    ~loop();
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    // Begins; the work happens inside io.run(). `finished` is called once, from the io_context,
    // with nothing when the stream was stopped in order.
    void start(std::function<void(std::optional<error>)> finished);

    // Lets the broker confirm what is out, acknowledges it and finishes.
    void stop();

    // A request for incremental snapshots from somebody who is trusted, as JSON: it is written into
    // the WAL, from where it is heard. Errors: usage, and server_not_ready while nothing streams.
    result<void> ask_for_snapshot(std::string_view request);

    // What the stream looks like now.
    observe::stream_facts facts() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace walferry::pipeline
