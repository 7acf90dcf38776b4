#pragma once

#include "lib/base/error.hpp"
#include "lib/base/lsn.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace walferry {

// What a server says about itself (IDENTIFY_SYSTEM) and about our slot (pg_replication_slots).
struct server_identity {
    std::uint64_t system = 0;  // system identifier; differs between clusters, survives promotion
    std::uint32_t timeline = 0;
    lsn flushed;  // end of the WAL that the server has
    std::string database;
    // Where the server's history left the timeline that was streamed before; nothing when that
    // timeline is not in its history.
    std::optional<lsn> switched_at;
};

struct slot_position {
    std::string name;
    lsn confirmed;             // confirmed_flush_lsn
    bool created_now = false;  // made by this very start: nothing before it was ever promised
};

// What walferry remembers of an earlier run or session.
struct remembered_position {
    std::uint64_t system = 0;
    std::uint32_t timeline = 0;
    lsn acknowledged;  // the highest LSN that may ever have been sent as flush
    lsn published;     // records up to here may be at the broker; not below acknowledged
    std::string slot;
    std::uint64_t epoch = 0;  // counts the instances that took this stream over
};

struct resume_point {
    lsn from;  // START_REPLICATION here
    std::optional<lsn>
        gap_from;  // with accept_gap: changes in (gap_from, from] were never published
    bool timeline_changed = false;
};

// system_changed when the server is of another cluster than the one that was streamed from.
std::optional<error> foreign_system(const server_identity& server,
                                    const remembered_position& remembered);

// Where to start, or why going on would lose or falsify data. The system identifier is compared
// first: LSNs of another cluster mean nothing. `from` may be ahead of the slot: a slot falls back
// when the server crashes, and what was confirmed need not be sent again.
// Errors: system_changed, timeline_diverged, slot_ahead, slot_lost; all stop with exit 3.
result<resume_point> resume(const server_identity& server, const slot_position& slot,
                            const std::optional<remembered_position>& remembered, bool accept_gap);

}  // namespace walferry
