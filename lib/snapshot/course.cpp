#include "lib/snapshot/course.hpp"

#include <algorithm>
#include <utility>

namespace walferry::snapshot {
namespace {

// Rows of two attempts must not share a position.
constexpr std::uint64_t positions_an_attempt = 1'000'000'000'000;

bool is_same_beginning(const memory& a, const memory& b) {
    return a.system == b.system && a.slot == b.slot && a.from == b.from;
}

}  // namespace

void course::prepared(beginning what) {
    using config::snapshot_mode;
    const bool continues = memory_ && is_same_beginning(*memory_, what.identity);
    const bool unfinished = memory_ && !memory_->finished;
    switch (mode_) {
        case snapshot_mode::never:
            due_ = false;
            return;
        case snapshot_mode::only:
            due_ = !(continues && memory_->finished);
            break;
        case snapshot_mode::initial:
        case snapshot_mode::when_needed: {
            // Without a memory only the slot tells: it is made when its snapshot is complete.
            const bool never_read = keeps_state_ ? !memory_ && !what.streamed : what.created;
            const bool lacks = what.gap && mode_ == snapshot_mode::when_needed;
            due_ = unfinished || never_read || lacks;
            break;
        }
    }
    if (due_ && (!continues || memory_->finished)) {
        const auto attempts = memory_ ? memory_->attempt : 0;
        memory_ = std::move(what.identity);
        memory_->attempt = attempts;
    }
}

bool course::is_done(const std::string& table) const {
    return memory_ &&
           std::find(memory_->done.begin(), memory_->done.end(), table) != memory_->done.end();
}

memory course::begin_attempt() {
    ++memory_->attempt;
    memory_->finished = false;
    sequence_ = (memory_->attempt - 1) * positions_an_attempt;
    storing_ = true;
    changed_ = stores_finish_ = all_read_ = false;
    tables_.clear();
    return *memory_;
}

void course::begin_tables(std::vector<course_table> tables) {
    tables_ = std::move(tables);
    marks_.begin(tables_.size());
}

// One below the slot's beginning, where a transaction's commit record may stand; no record can
// stand there, because records are aligned.
position course::next_position() {
    ++rows_;
    return {lsn{memory_->from.value - 1}, ++sequence_};
}

std::optional<memory> course::settle(std::uint64_t confirmed_below) {
    rows_out_.confirmed_below(confirmed_below);
    bool all_done = all_read_;
    for (std::uint32_t i = 0; i < tables_.size(); ++i) {
        auto& table = tables_[i];
        if (!table.done && table.read && !marks_.waits(i) &&
            (!table.ticket || *table.ticket < confirmed_below)) {
            table.done = true;
            changed_ = true;
            memory_->done.push_back(table.name);
        }
        all_done = all_done && table.done;
    }
    if (all_done && !memory_->finished) {
        memory_->finished = true;
        changed_ = true;
    }
    if (storing_ || !changed_) {
        return std::nullopt;
    }
    storing_ = true;
    changed_ = false;
    stores_finish_ = memory_->finished;
    return *memory_;
}

bool course::stored() {
    storing_ = false;
    if (stores_finish_) {
        due_ = false;
    }
    return std::exchange(stores_finish_, false);
}

void course::interrupted(bool sink_lost) {
    all_read_ = false;
    if (sink_lost) {
        storing_ = stores_finish_ = false;
        rows_out_.clear();
    }
    if (sink_lost && memory_ && due_) {
        memory_->finished = false;
    }
    tables_.clear();
    marks_.begin(0);
}

}  // namespace walferry::snapshot
