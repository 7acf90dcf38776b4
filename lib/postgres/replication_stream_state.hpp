#pragma once

#include "lib/postgres/connection_state.hpp"
#include "lib/postgres/replication_stream.hpp"

#include <functional>
#include <memory>
#include <optional>

// The inside of replication_stream, for this folder's sources only.
namespace walferry::postgres {

// The one warning of PostgreSQL 18 that means lost changes (pgoutput.c, LoadPublications()).
bool tells_of_lost_publication(const notice& heard);

struct frame_deleter {
    void operator()(char* frame) const { PQfreemem(frame); }
};

struct replication_stream::state : std::enable_shared_from_this<replication_stream::state> {
    state(connection streaming, subject names)
        : session(std::move(streaming)), about(std::move(names)) {}

    connection::state& inside() { return *session.session(); }
    PGconn* libpq() { return inside().libpq.get(); }

    bool pull();
    void end_copy();
    void finish();
    void end(error why);
    void end_by(const server_report& report);
    bool lost_publication();
    bool decrypted_bytes_wait();
    bool discard_input();
    void broke();
    void flush();
    void wait_to_flush();
    void wait_to_read();
    void call_back();

    connection session;
    subject about;
    std::unique_ptr<char, frame_deleter> frame;  // that next() handed out
    std::unique_ptr<char, frame_deleter> ahead;  // that consume() already pulled
    std::size_t frame_size = 0;
    std::size_t ahead_size = 0;
    std::optional<error> failure;
    std::optional<server_report> reported;  // the first error while finishing
    bool finishing = false;                 // the COPY is over, results are being read
    bool server_done = false;               // CommandComplete was read
    bool flushing = false;
    bool reading = false;  // a wait of Asio is out
    std::function<void()> callback;
};

}  // namespace walferry::postgres
