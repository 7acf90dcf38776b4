#pragma once

#include "lib/config/settings.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/schedule.hpp"

#include <cstdint>
#include <vector>

namespace walferry::simulation {

enum class fault_kind {
    cut,              // the connection to PostgreSQL breaks
    half_open,        // it breaks and nobody tells us
    server_crash,     // the slot falls back to what was on disk
    server_shutdown,  // fast: waits for our flush, then restarts
    promotion,        // another server takes over, perhaps without the end of the WAL
    other_system,     // the address leads to another cluster
    slot_advanced,    // by somebody else
    slot_dropped,     // and made anew by somebody else
    kill,             // of our process
    orderly_stop,     // of our process
    producer_fatal,
    count_of_kinds,
};

// What the seed chose for one history before it begins. Most histories know only some kinds of
// faults, so that each combination gets its turn.
struct plan {
    bool keeps_state = false;
    virtual_time acknowledge_interval = 0;
    virtual_time status_interval = 0;
    virtual_time shutdown_timeout = 0;
    unsigned partitions = 1;
    unsigned keys = 1;
    unsigned items = 1;        // pieces of WAL
    unsigned rows_max = 1;     // of one transaction
    std::uint64_t budget = 1;  // bytes of the producer
    virtual_time active = 0;   // how long work and faults come
    std::vector<fault_kind> faults;

    // Per mille of a batch, a connect, a topic.
    unsigned lost_replies = 0;
    unsigned rejected = 0;
    unsigned missing_offsets = 0;
    unsigned slow_batches = 0;
    unsigned failed_connects = 0;
    unsigned failed_topics = 0;
    unsigned extra_keepalives = 0;
    unsigned catch_ups = 0;  // of a start: what is there already comes in ranges

    // Per mille of the moments between transactions: a block of one that is still open comes.
    unsigned streams = 0;
    std::uint64_t spool_memory = 0;
    std::uint64_t spool_disk = 0;
    unsigned spool_fails = 0;  // of a write

    // Per mille of the changes, whose first record the broker never takes, and what is to become of
    // it: a dead letter, or nothing.
    unsigned poison = 0;
    config::poison_policy on_poison = config::poison_policy::stop;

    // Per mille of the changes and of the pieces of WAL that are logical messages; 0: those that
    // come anyway go nowhere.
    unsigned messages = 0;

    // Of walferry, on the same slot. With two nothing happens that stops one: how each comes back
    // from its own pauses, and the other takes over, is what these histories are about.
    unsigned instances = 1;
    unsigned pauses = 0;
};

plan make_plan(dice& random);

// With dice of its own, so that seeds without poison keep their histories.
void add_poison(plan& how, std::uint64_t seed);

// Likewise.
void add_streams(plan& how, std::uint64_t seed);
void add_messages(plan& how, std::uint64_t seed);
void add_second_instance(plan& how, std::uint64_t seed);

}  // namespace walferry::simulation
