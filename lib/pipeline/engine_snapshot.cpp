// The rows that were there before, on their way through the engine: one batch of rows is to the
// ledger what a transaction is.

#include "lib/base/assert.hpp"
#include "lib/pipeline/batch_limit.hpp"
#include "lib/pipeline/engine.hpp"

#include <utility>

namespace walferry::pipeline {

void engine::remember_snapshot(snapshot::memory stored) {
    if (stored.finished && !remembered_ && !course_.ends_after()) {
        remember({stored.system, stored.timeline, stored.from, stored.from, stored.slot, 0});
    }
    course_.remember(std::move(stored));
}

// With when_needed, what the slot does not have any more is no reason to stop.
result<resume_point> engine::resume_point_of(const server_identity& server,
                                             const slot_position& slot) {
    auto point = resume(server, slot, remembered_, may_accept_gap());
    bool mendable = settings_.snapshot.mode == config::snapshot_mode::when_needed && !point &&
                    (point.error().kind == error_kind::slot_lost ||
                     point.error().kind == error_kind::slot_ahead);
    return mendable ? resume(server, slot, remembered_, true) : point;
}

bool engine::reads_without_memory() const {
    return course_.due() && (course_.ends_after() || !acknowledger_.keeps_state());
}

void engine::begin_snapshot() {
    prepared_ = false;
    phase_ = phase::snapshot;
    reads_snapshot_ = true;
    auto memory = course_.begin_attempt();
    note({report::severity::info,
          "snapshot",
          "reading the rows that are there; the stream will go on from " + to_string(memory.from),
          {},
          memory.from,
          {}});
    ask(write_snapshot_memory{std::move(memory)});
}

bool engine::wants_rows() const {
    return reads_snapshot_ && phase_ == phase::snapshot && sink_ != nullptr && !plans_.waiting() &&
           sink_->has_room() && ledger_.transactions() < batches_out_max;
}

void engine::snapshot_begins(std::vector<snapshot::course_table> tables) {
    course_.begin_tables(std::move(tables));
}

// As if the stream had announced it: catalog, topic and encoder come about in the same way.
void engine::snapshot_announces(std::uint32_t table, const pgoutput::relation& as,
                                std::uint32_t newest_transaction, const moment& now) {
    WALFERRY_ASSERT(wants_rows());
    server_pause_.reset();
    auto& target = course_.tables()[table];
    target.id = as.id;
    target.columns = as.columns.size();
    target.newest_transaction = newest_transaction;
    pgoutput::message message;
    message.content = as;
    apply(message, {}, now);
}

void engine::publish_read(std::uint32_t table, std::string_view line, change::snapshot_mark mark,
                          const moment& now) {
    auto& from = course_.tables()[table];
    change::change row;
    row.what = change::operation::read;
    row.table = assembler_.relations().find(from.id);
    WALFERRY_ASSERT(row.table != nullptr);
    plan_ = plans_.find(*row.table);
    WALFERRY_ASSERT(plan_ != nullptr);
    if (!plan_->kept) {
        ++counters_.changes_filtered;
        return;
    }
    if (!row_text_.read(line, from.columns)) {
        give_up({error_kind::protocol_violation,
                 "PostgreSQL sent a row of " + from.name + " with another number of columns",
                 "report this",
                 {}});
        return;
    }
    row.at = course_.next_position();
    row.change_lsn = resume_->from;
    row.after = row_text_.values();
    row.snapshot = mark;
    row.read_after = from.newest_transaction;
    ++from.rows;
    reaches(row);
    publishing_ = row.at;
    publishing_now_ = now;
    const auto sent_before = counters_.records;
    snapshot_row_ = &course_.out().add(ticket_, row.at, snapshot::rows_out::content_of(line));
    auto done = plan_->encoder->encode(row, now, *this);
    snapshot_row_ = nullptr;
    if (!done) {
        not_encodable(std::move(done.error()), now);
    }
    if (counters_.records != sent_before) {
        from.ticket = ticket_;
    }
}

void engine::snapshot_rows(std::uint32_t table, std::span<const std::string_view> lines,
                           const moment& now) {
    WALFERRY_ASSERT(wants_rows() && !lines.empty());
    server_pause_.reset();
    ticket_ = ledger_.open();
    auto& order = course_.order();
    if (order.holds_another(table)) {
        auto last = order.release();
        publish_read(last->table, last->line, last->mark, now);
    }
    if (auto before = order.follows(table, lines.back())) {
        publish_read(table, before->line, before->mark, now);
    }
    for (const auto& line : lines.first(lines.size() - 1)) {
        if (phase_ == phase::finished) {
            return;
        }
        publish_read(table, line, order.next(table), now);
    }
    ledger_.close(ledger_.received());
}

void engine::snapshot_table_ends(std::uint32_t table, const moment& now) {
    if (auto last = course_.order().table_ends(table)) {
        ticket_ = ledger_.open();
        publish_read(last->table, last->line, last->mark, now);
        ledger_.close(ledger_.received());
    }
    course_.tables()[table].read = true;
    settle_snapshot();
}

void engine::snapshot_ends(const moment& now) {
    if (auto last = course_.order().all_end()) {
        ticket_ = ledger_.open();
        publish_read(last->table, last->line, last->mark, now);
        ledger_.close(ledger_.received());
    }
    course_.all_read();
    ask(flush_sink{});
    settle_snapshot();
}

void engine::settle_snapshot() {
    if (phase_ != phase::snapshot) {
        return;
    }
    if (auto memory = course_.settle(ledger_.next() - ledger_.transactions())) {
        ask(write_snapshot_memory{std::move(*memory)});
    }
}

void engine::snapshot_stored(const moment&) {
    bool complete = course_.stored();
    if (!reads_snapshot_ || phase_ != phase::snapshot) {
        return;
    }
    if (!complete) {
        if (course_.tables().empty() && !course_.is_all_read()) {
            ask(read_snapshot{});
        } else {
            settle_snapshot();
        }
        return;
    }
    reads_snapshot_ = false;
    poisons_.forget_rows();
    note({report::severity::info,
          "snapshot_done",
          "all " + std::to_string(course_.rows()) + " rows of the snapshot are confirmed",
          {},
          resume_->from,
          {}});
    if (course_.ends_after()) {
        phase_ = phase::finished;
        ask(finish{});
        return;
    }
    ask(how_to_stream());
}

}  // namespace walferry::pipeline
