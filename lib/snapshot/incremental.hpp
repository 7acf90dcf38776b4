#pragma once

#include "lib/base/error.hpp"
#include "lib/base/position.hpp"
#include "lib/base/time.hpp"
#include "lib/snapshot/incremental_memory.hpp"
#include "lib/snapshot/request.hpp"
#include "lib/snapshot/rows_out.hpp"
#include "lib/snapshot/window.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace walferry::snapshot {

// For the log.
struct remark {
    std::optional<error_kind> kind;  // nothing: no trouble
    std::string event;
    std::string message;
    std::string hint;
};

// Incremental snapshots as the engine sees them: which tables are asked for, what is read next,
// what of it may be published, how far the broker confirmed it. One table and one chunk at a time.
// Pure.
//
// A chunk: next() -> opened() for the first of a table -> deliver() -> its high mark comes by the
// stream: complete() -> judge() -> published row by row -> published_all() -> settle().
class incremental {
public:
    // Tells our marks from those of others and of earlier processes.
    void mark_with(std::string token) { token_ = std::move(token); }
    const std::string& token() const { return token_; }

    void remember(incremental_memory stored);
    const incremental_memory& memory() const { return memory_; }
    bool idle() const { return memory_.tables.empty(); }

    // A request that came by the stream at this position, on this server. False: it is known.
    struct origin {
        std::uint64_t system = 0;
        std::uint32_t timeline = 0;
        std::string slot;
        position at;
    };
    bool hear(const request& what, const origin& from, const moment& now);
    // The same without a place in the stream.
    void add(const std::string& table, const std::string& where, const moment& now);

    // What is to be read now, if anything; asked for once. Only while streaming.
    std::optional<chunk_request> next(bool binary, const moment& now);
    // Nothing of what was asked is wanted any more.
    bool abandoned() { return std::exchange(abandoned_, false); }

    // The answers; false or ignored when nobody waits for them any more.
    bool opened(const opened_table& what, const moment& now);
    void expanded(std::uint64_t number, const std::vector<std::string>& tables);
    void deliver(chunk read);
    void failed(std::uint64_t number, error why, const moment& now);
    // The chunk that is published cannot be.
    void refuse(error why, const moment& now);

    // The stream.
    window& stream() { return window_; }
    bool watches(change::oid table) const { return window_.watches(table); }
    void mark(std::string_view text, lsn at);
    // The stream broke, and with `sink_lost` what is not confirmed never will be.
    void interrupted(bool sink_lost);

    // The chunk and its high mark are there.
    bool complete() const { return high_ && window_.delivered(); }
    enum class verdict { publish, again };
    // `newer`: the stream announced another definition that may be newer than the chunk's.
    verdict judge(bool newer, const moment& now);

    // Of a chunk that is published: the next row, and where it stands.
    bool publishing() const { return publishing_; }
    const chunk& current() const { return *window_.delivered(); }
    std::optional<std::string_view> take_row();
    position next_position() { return {lsn{high_->value - 1}, ++sequence_}; }
    lsn marked_at() const { return *high_; }
    rows_out& out() { return rows_out_; }
    const rows_out& out() const { return rows_out_; }
    void count_row() { ++rows_published_; }
    // All of it has tickets below this.
    void published_all(std::uint64_t ticket);

    // Everything below the ticket was confirmed.
    void settle(std::uint64_t confirmed_below, const moment& now);

    // What must be stored now; then stored() is called once it is confirmed.
    std::optional<incremental_memory> to_store(const moment& now);
    void stored() { storing_ = false; }

    std::vector<remark> take_remarks() { return std::exchange(remarks_, {}); }
    std::uint64_t rows() const { return rows_confirmed_; }  // of this process

private:
    struct published_chunk {
        std::uint64_t ticket = 0;
        std::uint64_t rows = 0;
        std::optional<key_values> last;
        bool ends = false;
    };

    void stop(const std::vector<std::string>& tables, const moment& now);
    void end_first(table_outcome outcome, std::string why, const moment& now);
    void remember_end(table_progress table, table_outcome outcome, std::string why,
                      const moment& now);
    void drop_chunk();
    void forget_reading();
    void try_later(const moment& now);
    void say(std::string event, std::string message) {
        remarks_.push_back({{}, std::move(event), std::move(message), {}});
    }

    std::string token_ = "0";
    incremental_memory memory_;
    window window_;

    std::uint64_t number_ = 0;           // of what was asked last
    bool asking_ = false;                // its answer is not here
    std::optional<key_values> reached_;  // of the first table: published, perhaps not confirmed
    bool all_read_ = false;              // of the first table
    bool abandoned_ = false;
    std::optional<lsn> high_;  // the mark of what was asked last
    bool publishing_ = false;
    std::size_t next_row_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t rows_published_ = 0;  // of this chunk
    std::deque<published_chunk> published_;
    rows_out rows_out_;

    instant not_before_{};
    std::chrono::milliseconds pause_{0};
    bool changed_ = false;
    bool urgent_ = false;  // what a position that is stored later presumes
    bool storing_ = false;
    std::uint64_t rows_confirmed_ = 0;
    std::vector<remark> remarks_;
};

}  // namespace walferry::snapshot
