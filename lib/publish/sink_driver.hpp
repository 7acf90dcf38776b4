#pragma once

#include "lib/base/error.hpp"
#include "lib/base/time.hpp"
#include "lib/publish/sink.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace walferry::publish {

// What a driver has to report. Cleared by its reader.
struct sink_events {
    std::vector<delivery> confirmed;
    // From produce() to the confirmation: of the first record of each batch.
    std::vector<std::chrono::microseconds> latencies;
    std::vector<opened_topic> opened;
    // A record or the producer failed, or a topic could not be opened; set once in a sink's life.
    // The sink accepts nothing more for good: the loop destroys it, makes another and replays from
    // the acknowledged LSN. Confirmations that stand beside it are good.
    std::optional<error> failed;
    std::optional<refused_record> refused;  // with `failed` of kind poison_record
    bool reader_left = false;               // `failed` is only that the reader closed our output
    // Broker trouble that the library retries by itself, for the log and /status. Rate-limited.
    std::vector<error> troubles;

    // Keeps the memory of its vectors.
    void clear() {
        confirmed.clear();
        latencies.clear();
        opened.clear();
        failed.reset();
        refused.reset();
        reader_left = false;
        troubles.clear();
    }
};

struct sink_statistics {
    std::uint64_t records_out = 0;  // accepted, not yet confirmed
    std::uint64_t bytes_out = 0;    // by the budget's own account
    std::uint64_t bytes_max = 0;
    // Confirmed in the life of the sink: when it stands still while records are out, delivery
    // stalls.
    std::uint64_t confirmed = 0;
    std::uint64_t implicit_acknowledgements = 0;  // reported as delivered, but without an offset
    bool connected = false;
};

// A sink with the side that the loop drives: confirmations, topics, shutdown. Loop thread only.
// Destruction does not wait: what is unconfirmed is dropped, what blocks ends on another thread.
class sink_driver : public sink {
public:
    // Becomes readable when poll() has something to do, and stays so until woken(). Valid for the
    // sink's life.
    virtual int wake_fd() const = 0;

    // wake_fd() was readable: makes it wait for what happens from now on. Call it before poll().
    virtual void woken() = 0;

    // Moves what happened into `out`, at most some thousands of confirmations at once; true: call
    // again before waiting for wake_fd(). Never blocks, and costs little when nothing happened.
    virtual bool poll(sink_events& out) = 0;

    // When poll() has something to do although wake_fd() stays as it is.
    virtual std::optional<instant> due() const { return std::nullopt; }

    // Asks for topics, creating them where the request says so; answers arrive as `opened` or
    // `failed`. Asynchronous. A topic that is open already is answered again with the same id.
    virtual void open_topics(std::vector<topic_request> wanted) = 0;

    // Sends what waits now, without lingering; the confirmations arrive by poll().
    virtual void flush() = 0;

    virtual sink_statistics statistics() const = 0;
};

// Makes the sinks of a process, one after the other: what one learned about topics and about a
// refused record serves the next. Lives longer than its sinks; its destruction waits at most some
// seconds for the last of them to be gone.
class sink_factory {
public:
    sink_factory() = default;
    sink_factory(const sink_factory&) = delete;
    sink_factory& operator=(const sink_factory&) = delete;
    virtual ~sink_factory() = default;

    // Does not wait for a connection. Fails when a property is not accepted.
    virtual result<std::unique_ptr<sink_driver>> make() = 0;
};

}  // namespace walferry::publish
