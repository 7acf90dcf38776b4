// Incremental snapshots on their way through the engine: requests and marks come by the stream,
// chunks from another connection; a chunk's rows go out behind its high mark, before anything else
// is read.

#include "lib/base/assert.hpp"
#include "lib/pipeline/batch_limit.hpp"
#include "lib/pipeline/engine.hpp"
#include "lib/snapshot/watermark.hpp"

#include <algorithm>
#include <utility>

namespace walferry::pipeline {
namespace {

constexpr std::size_t rows_a_call = 1024;

bool same_definition(const change::relation& known, const pgoutput::relation& other) {
    return known.schema == other.schema && known.name == other.name &&
           known.identity == other.identity &&
           std::equal(known.columns.begin(), known.columns.end(), other.columns.begin(),
                      other.columns.end(), [](const auto& a, const auto& b) {
                          return a.name == b.name && a.type == b.type &&
                                 a.type_modifier == b.type_modifier &&
                                 a.in_identity == b.in_identity;
                      });
}

}  // namespace

void engine::remember_incremental(snapshot::incremental_memory stored) {
    incremental_.remember(std::move(stored));
}

// True for what is never published.
bool engine::take_own_message(const change::change& what, const moment& now) {
    if (what.message->prefix == snapshot::mark_prefix) {
        if (!what.message->transactional) {
            incremental_.mark(what.message->content, what.message->at);
        }
        return true;
    }
    if (what.message->prefix != snapshot::request_prefix) {
        return false;
    }
    hear_request(what, now);
    return true;
}

// Stored before the position behind it can be: a request that is acknowledged is remembered.
void engine::hear_request(const change::change& what, const moment& now) {
    auto asked = snapshot::parse_request(what.message->content);
    if (asked && !asked->slot.empty() && asked->slot != settings_.source.slot) {
        return;
    }
    if (asked && !asked->where.empty() && !snapshot::is_sealed(*asked, settings_.http.token)) {
        asked = walferry::fail(
            error_kind::usage,
            "a request for a snapshot has a condition and no seal that fits http.token",
            "any role may write logical messages, and a condition runs with walferry's role: "
            "configure http.token and use walferry snapshot --where or HTTP");
    }
    if (!asked) {
        note({report::severity::warning, "snapshot_refused", asked.error().message,
              asked.error().hint, what.at.commit, asked.error().kind, asked.error().message});
        return;
    }
    const snapshot::incremental::origin from{system(), timeline().value_or(0),
                                             settings_.source.slot, what.at};
    if (incremental_.hear(*asked, from, now)) {
        tend_incremental(now);
    }
}

void engine::snapshot_new_table(const std::string& table, const moment& now) {
    incremental_.add(table, {}, now);
    tend_incremental(now);
}

bool engine::chunk_opened(const snapshot::opened_table& table, const moment& now) {
    const bool wanted = incremental_.opened(table, now);
    tend_incremental(now);
    return wanted;
}

void engine::chunk_expanded(std::uint64_t number, const std::vector<std::string>& tables,
                            const moment& now) {
    incremental_.expanded(number, tables);
    tend_incremental(now);
}

void engine::chunk_read(snapshot::chunk rows, const moment&) {
    incremental_.deliver(std::move(rows));
}

void engine::chunk_failed(std::uint64_t number, error why, const moment& now) {
    incremental_.failed(number, std::move(why), now);
    tend_incremental(now);
}

// The stream is where the chunk was read.
void engine::chunk_complete(const moment& now) {
    const auto& read = incremental_.current();
    std::vector<pgoutput::relation_column> columns;
    const auto shape = snapshot::relation_of(read.shape, columns);
    const auto* known = assembler_.relations().find(shape.id);
    const bool same = known != nullptr && same_definition(*known, shape);
    if (incremental_.judge(!same, now) == snapshot::incremental::verdict::again) {
        return;
    }
    publishes_chunk_ = true;
    if (!same) {
        pgoutput::message message;
        message.content = shape;
        apply(message, {}, now);
    }
}

bool engine::can_emit() const {
    return publishes_chunk_ && streaming_ && phase_ == phase::streaming && sink_ != nullptr &&
           !plans_.waiting() && sink_->has_room() && ledger_.transactions() < batches_out_max;
}

void engine::emit_rows(const moment& now) {
    WALFERRY_ASSERT(can_emit());
    const auto* table = assembler_.relations().find(incremental_.current().shape.id);
    WALFERRY_ASSERT(table != nullptr);
    plan_ = plans_.find(*table);
    row_topic_ = nullptr;
    WALFERRY_ASSERT(plan_ != nullptr);
    if (!plan_->kept || plan_->by_row) {
        publishes_chunk_ = false;
        incremental_.refuse({error_kind::table_unfit,
                             "the rows of an outbox or event store are events themselves",
                             {},
                             {}},
                            now);
        tend_incremental(now);
        return;
    }
    ticket_ = ledger_.open();
    bool more = true;
    for (std::size_t i = 0; i < rows_a_call && more && phase_ == phase::streaming; ++i) {
        if (auto line = incremental_.take_row()) {
            publish_chunk_row(*line, now);
        } else {
            more = false;
        }
    }
    ledger_.close(ledger_.received());
    if (!more) {
        publishes_chunk_ = false;
        incremental_.published_all(ledger_.next());
        tend_incremental(now);
    }
}

void engine::publish_chunk_row(std::string_view line, const moment& now) {
    const auto* table = assembler_.relations().find(incremental_.current().shape.id);
    if (!row_text_.read(line, table->columns.size())) {
        give_up(
            {error_kind::protocol_violation,
             "PostgreSQL sent a row of " + to_string(*table) + " with another number of columns",
             "report this",
             {}});
        return;
    }
    change::change row;
    row.what = change::operation::read;
    row.table = table;
    row.at = incremental_.next_position();
    row.change_lsn = incremental_.marked_at();
    row.after = row_text_.values();
    row.snapshot = change::snapshot_mark::incremental;
    reaches(row);
    incremental_.count_row();
    publishing_ = row.at;
    publishing_now_ = now;
    snapshot_row_ = &incremental_.out().add(ticket_, row.at, snapshot::rows_out::content_of(line));
    auto done = plan_->encoder->encode(row, now, *this);
    snapshot_row_ = nullptr;
    if (!done) {
        not_encodable(std::move(done.error()), now);
    }
}

void engine::incremental_stored(const moment& now) {
    incremental_.stored();
    tend_incremental(now);
}

// What is due: what the broker confirmed, what must be stored, what is read next.
void engine::tend_incremental(const moment& now) {
    incremental_.settle(ledger_.next() - ledger_.transactions(), now);
    if (incremental_.abandoned()) {
        ask(abandon_chunk{});
    }
    if (streaming_ && phase_ == phase::streaming && sink_ != nullptr) {
        if (auto wanted = incremental_.next(reads_binary(), now)) {
            ask(read_chunk{std::move(*wanted)});
        }
    }
    if (sink_ != nullptr) {
        if (auto memory = incremental_.to_store(now)) {
            ask(write_incremental_memory{std::move(*memory)});
        }
    }
    tell_remarks();
    if (incremental_.idle() && !course_.due() && !poisons_.empty()) {
        poisons_.forget_rows();
    }
}

void engine::tell_remarks() {
    for (auto& remark : incremental_.take_remarks()) {
        report told;
        told.level = remark.kind ? report::severity::warning : report::severity::info;
        told.event = std::move(remark.event);
        told.message = std::move(remark.message);
        told.hint = std::move(remark.hint);
        told.kind = remark.kind;
        told.key = told.message;
        note(std::move(told));
    }
}

}  // namespace walferry::pipeline
