// Records that belong to no table: logical messages, the transaction topic, heartbeats.

#include "lib/base/assert.hpp"
#include "lib/pipeline/engine.hpp"
#include "lib/route/partitioner.hpp"

#include <variant>

namespace walferry::pipeline {

// The topic of logical messages is made when the first one comes: most streams never have any.
bool engine::hold_for_topic(std::string_view payload, lsn at) {
    const auto* message = std::get_if<pgoutput::logical_message>(&message_.content);
    if (message == nullptr || side_.messages().id || !side_.keeps(*message)) {
        return false;
    }
    held_message_ = payload;
    held_at_ = at;
    ask(open_topics{{side_.message_request()}});
    return true;
}

void engine::publish_message(const change::change& what, const moment& now) {
    if (!side_.keeps(*what.message)) {
        ++counters_.changes_filtered;
        return;
    }
    reaches(what.at);
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
