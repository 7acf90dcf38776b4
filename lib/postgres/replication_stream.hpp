#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/sqlstate.hpp"
#include "lib/postgres/task.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

namespace walferry::postgres {

// How long a healthy server may take to answer stop(); any other's slot is freed by its own time
// limits.
inline constexpr std::chrono::seconds orderly_end{2};

// A connection after START_REPLICATION (COPY BOTH): frames in, statuses out.
//
//   for (;;) {
//       while (stream.next(frame)) { ... }          // frame: copy_frame.hpp
//       if (stream.ended()) break;                  // why: stream.failure()
//       if (!stream.consume()) continue;            // nothing came: nap, or
//       stream.on_readable(callback);               // wait
//   }
//
// Life: prepared_stream::start() makes it; the destructor closes at once, stop() in order.
// Thread: the io_context's. No call blocks, throws or runs a callback inside itself.
// Errors: once ended() no frame follows. failure().kind: connection_lost; server_not_ready (the
// server shut down or this walsender was terminated); publication_lost (PostgreSQL 18 only warns:
// seen before any later keepalive is handed out, so nothing after it can be acknowledged);
// slot_lost, ... by sqlstate.hpp.
class replication_stream {
public:
    // `about` names slot and publication for the hints of errors.
    replication_stream(connection streaming, subject about);
    ~replication_stream();
    replication_stream(const replication_stream&) = delete;
    replication_stream& operator=(const replication_stream&) = delete;

    // The next complete CopyData that was read. It is valid until the following next(), stop() or
    // the end of this object. False: none is complete, or the stream ended.
    bool next(std::string_view& frame);

    // Reads once what the socket has, at most about 16 KiB (libpq's buffer) and never waiting.
    // True: call next(). False: no frame is complete; more may wait in the socket, which
    // on_readable() tells at once.
    bool consume();

    bool ended() const;
    const error& failure() const;  // only when ended()

    // Calls back once, from the io_context, when there is something to read or the connection
    // broke. Wait only after next() returned false. A second call replaces the
    // first.
    void on_readable(std::function<void()> callback);
    void cancel_wait();

    // Sends one CopyData: a status of encode_standby_status(). What the socket does not take now is
    // kept and sent when it does, also while nothing is read. Ignored when ended().
    void send(std::string_view message);
    bool sending() const;  // something is kept back

    // Orderly end: CopyDone, then frames are discarded until the server's answer, at most for
    // `patience`; then the session is terminated and the slot is free at once. The stream is
    // ended afterwards. Send the last status before.
    task<void> stop(std::chrono::milliseconds patience);

    transport via() const;  // decides about the length of naps (speed.md 0)
    int fd() const;         // to look at, not to read from; changes never
    int backend_pid() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace walferry::postgres
