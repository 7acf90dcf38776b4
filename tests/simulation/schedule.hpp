#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace walferry::simulation {

// Microseconds of virtual time since the history began.
using virtual_time = std::uint64_t;

inline constexpr virtual_time ms = 1'000;
inline constexpr virtual_time second = 1'000'000;

enum class happening : std::uint8_t {
    workload,      // the next piece of WAL is written
    fault,         // one of the planned faults strikes
    calm,          // no more faults from here on
    serve,         // the walsender sends. who: its session
    status,        // a standby status arrives. who: session, what: flush
    lost,          // the process notices that its connection is gone. who: connection attempt
    connected,     // connecting is decided. who: attempt
    started,       // START_REPLICATION is answered. who: attempt, what: the LSN
    described,     // the catalog answers. who: attempt
    opened,        // topics are open. who: producer
    sink_made,     // a producer was made. who: process
    batch_leaves,  // who: producer, what: lane
    batch_lands,   // who: producer, what: lane
    batch_confirmed,
    producer_fails,  // who: producer
    state_lands,     // the state topic has the record. who: producer, what: acknowledged
    state_confirmed,
    state_removed,  // a record of an earlier session is gone. who: producer, what: key
    slot_seen,      // who: attempt
    holder_told,    // the server tells who has the slot. who: attempt
    state_read,     // the state topic was read. who: attempt, what: why
    pause,          // who: instance
    wake,           // who: instance
    peer_given_up,  // PostgreSQL ends the session of one that is paused. who: instance
    tick,           // who: process
    restart,        // a new process. who: its number
    stop_is_due,    // an orderly stop must be over. who: process
};

struct event {
    virtual_time at = 0;
    std::uint64_t order = 0;  // among those of the same time
    happening what = happening::workload;
    std::uint64_t who = 0;
    std::uint64_t with = 0;
};

// What will happen, by virtual time, then in the order of planning.
class schedule {
public:
    virtual_time now() const { return now_; }
    bool empty() const { return heap_.empty(); }

    void plan(virtual_time after, happening what, std::uint64_t who = 0, std::uint64_t with = 0) {
        heap_.push_back({now_ + after, ++planned_, what, who, with});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    event take() {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        auto next = heap_.back();
        heap_.pop_back();
        now_ = next.at;
        return next;
    }

private:
    static bool later(const event& a, const event& b) {
        return a.at != b.at ? a.at > b.at : a.order > b.order;
    }

    std::vector<event> heap_;
    virtual_time now_ = 0;
    std::uint64_t planned_ = 0;
};

}  // namespace walferry::simulation
