#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/publish/sink.hpp"

namespace walferry::publish {

// What a driver has to report. Every vector is cleared by its reader.
struct sink_events {
    std::vector<delivery> confirmed;
    std::vector<opened_topic> opened;
    // A record or the producer failed, or a topic could not be opened. The sink accepts nothing more
    // for good: the loop destroys it, makes another and replays from the acknowledged LSN.
    // Of a poison record `poison_ticket` and `poison_topic` say which.
    std::optional<error> failed;
    // Broker trouble that the library retries by itself, for the log and /status.
    std::vector<error> troubles;
};

struct sink_statistics {
    std::uint64_t records_out = 0;      // accepted, not yet confirmed
    std::uint64_t bytes_out = 0;        // by the budget's own account
    std::uint64_t bytes_max = 0;
    bool connected = false;
};

// A sink with the side that the loop drives: confirmations, topics, shutdown. Loop thread only.
class sink_driver : public sink {
public:
    // Becomes readable when poll() has something to do; -1: poll after every write.
    virtual int wake_fd() const = 0;

    // Moves what happened into `out`, at most some thousands of confirmations at once; true: call
    // again before waiting for wake_fd(). Never blocks.
    virtual bool poll(sink_events& out) = 0;

    // Asks for topics, creating them where the request says so; answers arrive as `opened` or
    // `failed`. Asynchronous.
    virtual void open_topics(std::vector<topic_request> wanted) = 0;

    // Sends what waits now, without lingering; the confirmations arrive by poll().
    virtual void flush() = 0;

    virtual sink_statistics statistics() const = 0;
};

}  // namespace walferry::publish
