#pragma once

#include "lib/base/lsn.hpp"
#include "lib/base/position.hpp"
#include "lib/change/relation.hpp"
#include "lib/config/settings.hpp"
#include "lib/snapshot/marks.hpp"
#include "lib/snapshot/memory.hpp"
#include "lib/snapshot/rows_out.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace walferry::snapshot {

// A table of the running snapshot.
struct course_table {
    std::string name;  // schema.table
    std::uint64_t rows_estimated = 0;
    std::uint64_t rows = 0;
    change::oid id = 0;
    std::uint64_t columns = 0;
    std::uint32_t newest_transaction = 0;  // that had ended when its snapshot was taken
    bool read = false;                     // no more rows will come
    bool done = false;                     // and all of them were confirmed
    std::optional<std::uint64_t> ticket;   // of the newest record
};

// The initial snapshot as the engine sees it: whether one is due, how far it is, what must be
// remembered of it. Pure.
//
// The rule behind it: rows are read under a snapshot that is not older than the position from which
// the slot streams. Whatever changes behind that position comes by the stream, after the rows. So a
// table that is done stays done, and all others may be read again under a newer snapshot, as often
// as it takes.
class course {
public:
    course(config::snapshot_mode mode, bool keeps_state) : mode_(mode), keeps_state_(keeps_state) {}

    // What an earlier process stored, before anything else.
    void remember(memory stored) { memory_ = std::move(stored); }
    const std::optional<memory>& remembered() const { return memory_; }

    // The stream will begin at `from`. `streamed`: events of it were published before, without gap.
    // `created`: the slot was made by this process for this snapshot.
    struct beginning {
        memory identity;  // system, timeline, database, slot, from
        bool streamed = false;
        bool created = false;
        bool gap = false;  // changes are missing between what was published and `from`
    };
    void prepared(beginning what);

    bool due() const { return due_; }
    bool ends_after() const { return mode_ == config::snapshot_mode::only; }
    bool is_done(const std::string& table) const;

    // A new reading begins; what to store before its first row.
    memory begin_attempt();

    // The tables that it will read: those that are not done.
    void begin_tables(std::vector<course_table> tables);
    std::vector<course_table>& tables() { return tables_; }
    const std::vector<course_table>& tables() const { return tables_; }
    marks& order() { return marks_; }
    rows_out& out() { return rows_out_; }

    // Of the next row. Sorts before everything that is streamed later.
    position next_position();

    void all_read() { all_read_ = true; }
    bool is_all_read() const { return all_read_; }

    // Everything with a ticket below `confirmed_below` was confirmed. What is to be stored now, if
    // anything; then the caller says stored().
    std::optional<memory> settle(std::uint64_t confirmed_below);

    // True once the record of the finished snapshot is stored.
    bool stored();
    bool finished() const { return memory_ && memory_->finished; }

    // The reading ended before its time; with `sink_lost` what was not confirmed never will be.
    void interrupted(bool sink_lost);

    std::uint64_t rows() const { return rows_; }

private:
    config::snapshot_mode mode_;
    bool keeps_state_;
    std::optional<memory> memory_;  // what is true now, stored or not
    bool due_ = false;
    bool storing_ = false;
    bool changed_ = false;  // since what is being stored
    bool stores_finish_ = false;
    bool all_read_ = false;
    std::vector<course_table> tables_;
    marks marks_;
    rows_out rows_out_;
    std::uint64_t sequence_ = 0;
    std::uint64_t rows_ = 0;
};

}  // namespace walferry::snapshot
