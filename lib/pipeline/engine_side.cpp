// Records that belong to no table: logical messages, the transaction topic, heartbeats, gaps.

#include "lib/base/assert.hpp"
#include "lib/pipeline/engine.hpp"
#include "lib/route/partitioner.hpp"

#include <variant>

namespace walferry::pipeline {

void engine::publish_message(const change::change& what, const moment& now) {
    if (take_own_message(what, now)) {
        return;
    }
    if (!side_.keeps(*what.message)) {
        ++counters_.changes_filtered;
        return;
    }
    reaches(what);
    if (what.in != nullptr) {
        begin_counted();
    }
    publishing_ = what.at;
    publishing_now_ = now;
    side_destination_ = &side_.messages();
    auto done = side_.message_encoder().encode(what, now, *this);
    side_destination_ = nullptr;
    if (!done) {
        plan_ = nullptr;
        not_encodable(std::move(done.error()), now);
    }
}

// Before the first event of a transaction: one without events has no BEGIN either.
void engine::begin_counted() {
    auto* counter = side_.counter();
    if (counter == nullptr || counted_begin_) {
        return;
    }
    counted_begin_ = true;
    publishing_ = {assembler_.current().commit_lsn, 0};
    counter->begin(assembler_.current());
    side_destination_ = &side_.transactions();
    counter->give_begin(*this);
    side_destination_ = nullptr;
}

void engine::end_counted() {
    if (!counted_begin_) {
        return;
    }
    counted_begin_ = false;
    side_destination_ = &side_.transactions();
    side_.counter()->give_end(*this);
    side_destination_ = nullptr;
}

void engine::beat(const moment& now) {
    if (!streaming_ || sink_ == nullptr || phase_ != phase::streaming) {
        return;
    }
    auto due = side_.heartbeat(now);
    if (!due) {
        return;
    }
    bool alone = !ledger_.is_open();
    publishing_ = {};
    if (alone) {
        ticket_ = ledger_.open();
    }
    send_to(side_.heartbeats(), *due);
    if (alone) {
        ledger_.close(ledger_.received());
    }
}

// Whether the stream still waits until what was given up is told. A process that dies before that
// has stored nothing yet: the next start stops again.
bool engine::tells_gaps(const moment& now) {
    if (!gaps_.empty() && !gaps_sent_) {
        publish_gaps(now);
    }
    return !gaps_.empty();
}

void engine::publish_gaps(const moment& now) {
    gaps_sent_ = true;
    ticket_ = ledger_.open();
    for (const auto& gap : gaps_) {
        send_to(side_.gaps(), gap_encoder_.encode(gap, now.wall));
    }
    ledger_.close(ledger_.received());
    ask(flush_sink{});
}

void engine::send_to(const destination& where, const encode::encoded_record& made) {
    WALFERRY_ASSERT(where.id.has_value());
    if (!poisons_.empty() && diverts(where.name, made.what)) {
        return;
    }
    auto partition = made.has_partition_key
                         ? route::partition_of(made.partition_key, where.partitions)
                         : std::int32_t{0};
    ledger_.sent();
    sink_->produce(*where.id, partition, made.what, ticket_);
    ++counters_.records;
}

}  // namespace walferry::pipeline
