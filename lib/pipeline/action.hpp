#pragma once

#include "lib/base/error.hpp"
#include "lib/base/lsn.hpp"
#include "lib/change/relation.hpp"
#include "lib/publish/sink.hpp"
#include "lib/snapshot/incremental_memory.hpp"
#include "lib/snapshot/memory.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// What the engine asks the loop to do. Every one that has an answer gets it as a call of the
// engine.
namespace walferry::pipeline {

// Close the connection to PostgreSQL if there is one, wait, connect again: prepared() or
// connection_failed().
struct connect {
    std::chrono::milliseconds delay{0};
};

// START_REPLICATION on the prepared connection: streaming() or connection_failed().
struct start_streaming {
    lsn from;
    bool binary = false;   // values in their binary form
    bool streams = false;  // large transactions before their commit
};

struct send_status {
    lsn received;
    lsn acknowledged;  // flush and apply
    bool reply_requested = false;
};

// Look tables and types up in the catalog: described().
struct describe {
    std::vector<change::oid> tables;
    std::vector<change::oid> types;
};

// Tell the sink to open topics: topics_opened() or sink_failed().
struct open_topics {
    std::vector<publish::topic_request> wanted;
};

// Give the failed sink away and make another after the delay: sink_ready() or sink_failed().
struct replace_sink {
    std::chrono::milliseconds delay{0};
};

// Send what lingers in the sink now.
struct flush_sink {};

// Store the position durably before it is acknowledged: state_written().
struct write_state {
    lsn acknowledged;
    lsn published;  // as in timeline_position
    std::uint64_t generation = 0;
};

// Watch the standbys of source.wait_for_standbys until they have the record around `commit`:
// standbys_have() or connection_failed().
struct await_standbys {
    lsn commit;
};

// Store how far the snapshot is: snapshot_stored().
struct write_snapshot_memory {
    snapshot::memory what;
};

// Read the rows that are there, on other connections: snapshot_begins() and what follows it, or
// connection_failed(). The prepared connection waits meanwhile.
struct read_snapshot {};

// Read a chunk of an incremental snapshot on another connection: chunk_opened() and chunk_read(),
// or chunk_expanded(), or chunk_failed().
struct read_chunk {
    snapshot::chunk_request what;
};

// Nobody waits for the chunk any more.
struct abandon_chunk {};

// Store how far the incremental snapshots are, before any position that is stored later:
// incremental_stored() for the newest.
struct write_incremental_memory {
    snapshot::incremental_memory what;
};

// The work is over, well or with an error.
struct finish {
    std::optional<error> why;
};

struct report {
    enum class severity { debug, info, warning, error };
    severity level = severity::info;
    std::string event;  // stable identifier to search for
    std::string message;
    std::string hint;
    lsn at;
    std::optional<error_kind> kind;
    std::string key{};  // tells lines of one event apart that are no repeats of each other
};

using action =
    std::variant<connect, start_streaming, send_status, describe, open_topics, replace_sink,
                 flush_sink, write_state, await_standbys, write_snapshot_memory, read_snapshot,
                 read_chunk, abandon_chunk, write_incremental_memory, finish, report>;

}  // namespace walferry::pipeline
