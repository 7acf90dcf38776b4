#pragma once

#include "lib/change/catalog.hpp"
#include "lib/ledger/resume.hpp"
#include "lib/pipeline/action.hpp"
#include "tests/simulation/truth.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::simulation {

// A PostgreSQL with one slot and one walsender, as pgoutput.md 2 and 7 describe them. Skips what
// commits before max(start, confirmed_flush), keeps confirmed_flush in memory and writes it now and
// then, and has no mercy: what was acknowledged is never sent again.
class server {
public:
    server(truth& database, dice& random, const plan& how)
        : database_(database), random_(random), how_(how) {}

    bool up = true;
    bool shows_other_system = false;
    bool shutting_down = false;
    virtual_time slot_busy_until = 0;  // an old walsender has not noticed yet that its peer is gone

    // What a new connection learns.
    server_identity identity() const;
    slot_position slot() const;
    bool slot_exists() const { return exists_; }
    static std::uint64_t own_system();
    // Somebody else moved the slot, once at least.
    bool was_moved() const { return moved_; }
    bool was_dropped() const { return dropped_; }
    lsn left_at() const { return left_.empty() ? lsn{} : left_.back(); }
    // Up to where today's history has a timeline.
    lsn has_of(std::uint32_t timeline) const {
        constexpr lsn everything{~std::uint64_t{0}};
        return timeline < timeline_ ? left_[timeline - 1] : everything;
    }
    lsn confirmed() const { return confirmed_; }
    std::uint32_t timeline() const { return timeline_; }

    // Begins to stream; any earlier session is over. Returns its number.
    // With `streamed`, some transactions come before their commit.
    std::uint64_t start(lsn from, bool streamed = false);
    // Likewise, but what commits before now comes in ranges that are cut anywhere, each as from a
    // backend of its own; range_end() tells where one ends. Behind the last one comes nothing.
    std::uint64_t start_ranges(lsn from);
    // Mistake: the rest of the range counts as read.
    void skip_range();
    bool ranges_left() const { return session_ && !session_->cuts.empty(); }
    bool streams(std::uint64_t session) const { return session_ && session_->number == session; }
    bool streams() const { return session_.has_value(); }
    void end_session() { session_.reset(); }

    // The next CopyData message, if there is any to send now.
    std::optional<std::string> next_frame();
    bool caught_up() const;
    // A status arrived. Violations: a flush that no server ever sent, or one that goes back.
    void status(lsn flush);
    void wants_reply() { reply_wanted_ = true; }
    void regular_keepalive();

    void crash();
    void close_in_order() { durable_ = confirmed_; }
    // Another server takes over: without what is behind `at`, with a slot that may be behind.
    void promote(lsn at);
    void advance_slot(lsn to);
    void drop_slot();
    void recreate_slot();

    change::catalog catalog_for(const pipeline::describe& question) const;

private:
    // A transaction that is sent before it ends.
    struct stream {
        std::uint32_t xid = 0;
        bool began = false;
        std::size_t sent = 0;  // of its rows
        std::array<int, table_count> announced{-1, -1, -1};
        std::uint32_t savepoints = 0;
        std::vector<std::uint32_t> rolled_back;  // innermost first; not told yet
    };

    struct walsender {
        std::uint64_t number = 0;
        std::size_t next = 0;  // in the order of the WAL
        std::size_t step = 0;  // frame of that item
        std::array<int, table_count> announced{-1, -1, -1};
        std::array<int, table_count> last_announced{-1, -1, -1};  // to anybody
        lsn told;                                                 // by the last keepalive
        bool ranged = false;
        bool streamed = false;
        std::map<std::uint32_t, stream> streams;  // by item
        stream doomed;                            // never commits
        std::deque<std::string> ready;            // frames
        std::deque<lsn> cuts;                     // where the ranges end that were not read yet
    };

    std::optional<std::string> next_of_range();
    std::optional<std::string> next_of_streams();
    void announces(unsigned table, unsigned version);
    bool stream_ahead();
    bool stream_commit(std::uint32_t index);
    stream& stream_of(std::uint32_t index);
    void begin_block(stream& of, lsn at);
    void stream_row(stream& of, lsn at, const row& change, std::uint32_t by);
    void stream_rows(stream& of, const item& is, std::size_t count);
    void stream_ghosts(stream& of, lsn at);
    void send_aborts(stream& of, lsn at);
    void send(lsn at, std::string payload);
    std::string frame_of(const item& of);
    std::string row_frame(const item& of, const row& change);
    std::optional<std::string> stray_keepalive(const item& of);

    truth& database_;
    dice& random_;
    const plan& how_;
    std::uint32_t timeline_ = 1;
    std::vector<lsn> left_;  // where each earlier timeline was left
    lsn confirmed_{0x1000};
    lsn durable_{0x1000};
    bool exists_ = true;
    bool dropped_ = false;
    bool moved_ = false;
    bool reply_wanted_ = false;
    std::optional<walsender> session_;
    std::uint64_t sessions_ = 0;
    std::uint64_t ghosts_ = 0;  // rows that were rolled back
};

// Tells that a range ended at a cut; nothing when the frame is another.
std::string range_end(lsn cut);
std::optional<lsn> range_end_of(std::string_view frame);

// The messages of a row and of its table's definition.
std::string relation_message(unsigned table, unsigned version);
std::string row_message(const row& change);
// Of one outside of any transaction.
std::string message_of(const item& of);

}  // namespace walferry::simulation
