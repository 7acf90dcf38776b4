#pragma once

#include "lib/base/error.hpp"
#include "lib/base/lsn.hpp"
#include "lib/base/timeline.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace walferry {

// What a server says about itself (IDENTIFY_SYSTEM) and about our slot (pg_replication_slots).
struct server_identity {
    std::uint64_t system = 0;  // system identifier; differs between clusters, survives promotion
    std::uint32_t timeline = 0;
    lsn flushed;  // end of the WAL that the server has
    std::string database;
    std::vector<timeline_end> ancestors;  // where its history left its earlier timelines
};

struct slot_position {
    std::string name;
    lsn confirmed;             // confirmed_flush_lsn
    bool created_now = false;  // made by this very start: nothing before it was ever promised
};

// How far a stream came on one timeline.
struct timeline_position {
    std::uint32_t timeline = 0;
    lsn acknowledged;  // the highest LSN that may ever have been sent as flush
    lsn published;     // behind the newest commit of which records may be at the broker; it can be
                       // below acknowledged, because keepalives are acknowledged too
};

// What walferry remembers of an earlier run or session.
struct remembered_position {
    std::uint64_t system = 0;
    std::uint32_t timeline = 0;
    lsn acknowledged;
    lsn published;
    std::string slot;
    std::uint64_t epoch = 0;                     // counts the instances that took this stream over
    std::uint64_t generation = 0;                // counts the gaps that were accepted
    std::vector<timeline_position> elsewhere{};  // on other timelines
};

struct resume_point {
    lsn from;  // START_REPLICATION here
    std::optional<lsn>
        gap_from;  // with accept_gap: changes in (gap_from, from] were never published
    bool timeline_changed = false;
    std::optional<error> accepted{};  // why it would have stopped without accept_gap
};

// system_changed when the server is of another cluster than the one that was streamed from.
std::optional<error> foreign_system(const server_identity& server,
                                    const remembered_position& remembered);

// Whether some of what is remembered is of a timeline that the server is not on, so that its
// ancestors must be known.
bool needs_ancestors(const remembered_position& remembered, std::uint32_t timeline);

// The highest LSN of this server's history up to which everything is published. What was
// acknowledged on a timeline counts up to where the history left it.
lsn contained(const server_identity& server, const remembered_position& remembered);

// Where to start, or why going on would lose or falsify data. The system identifier is compared
// first: LSNs of another cluster mean nothing. `from` may be ahead of the slot: a slot falls back
// when the server crashes, and what was confirmed need not be sent again.
// Errors: system_changed, timeline_diverged, slot_ahead, slot_lost; all stop with exit 3.
result<resume_point> resume(const server_identity& server, const slot_position& slot,
                            const std::optional<remembered_position>& remembered, bool accept_gap);

}  // namespace walferry
