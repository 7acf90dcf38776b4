// The way of a row through the engine: frame, message, change, record.

#include "lib/base/assert.hpp"
#include "lib/pipeline/engine.hpp"
#include "lib/postgres/copy_frame.hpp"
#include "lib/route/partitioner.hpp"

#include <algorithm>

namespace walferry::pipeline {
namespace {

// PostgreSQL answers a requested status within its wal_sender_timeout; a peer that is silent for
// longer than this, although asked, is gone.
constexpr std::chrono::seconds ask_after_silence{5};
constexpr std::chrono::seconds doubt_after_silence{8};
constexpr std::chrono::seconds dead_after_silence{30};

constexpr const char* report_hint =
    "report this with a capture of the stream (walferry record FILE)";

constexpr std::string_view end_of_block = "E";

bool is_about_streams(const pgoutput::message& message) {
    static_assert(
        std::is_same_v<std::variant_alternative_t<10, pgoutput::body>, pgoutput::stream_start>);
    static_assert(
        std::is_same_v<std::variant_alternative_t<13, pgoutput::body>, pgoutput::stream_abort>);
    return message.content.index() >= 10 && message.content.index() <= 13;
}

}  // namespace

void engine::received(std::string_view copy_data, const moment& now) {
    WALFERRY_ASSERT(wants_input());
    last_received_ = now.steady;
    server_pause_.reset();
    ++counters_.frames;
    counters_.bytes += copy_data.size();
    auto frame = postgres::parse_copy_frame(copy_data);
    if (const auto* data = std::get_if<postgres::wal_frame>(&frame)) {
        decode(data->payload, data->start, now);
    } else if (const auto* alive = std::get_if<postgres::keepalive_frame>(&frame)) {
        ledger_.keepalive(alive->wal_end);
        server_end_ = std::max(server_end_, alive->wal_end);
        acknowledge(
            now, alive->reply_requested ? acknowledger::urgency::now : acknowledger::urgency::due);
    } else {
        give_up({error_kind::protocol_violation,
                 "PostgreSQL sent a frame that is neither data nor a keepalive",
                 report_hint,
                 {}});
    }
}

void engine::message_received(lsn at, std::string_view message, const moment& now) {
    WALFERRY_ASSERT(wants_input());
    last_received_ = now.steady;
    server_pause_.reset();
    ++counters_.frames;
    counters_.bytes += message.size();
    decode(message, at, now);
}

void engine::range_received(lsn end, const moment& now) {
    WALFERRY_ASSERT(wants_input());
    last_received_ = now.steady;
    ledger_.keepalive(end);
    acknowledge(now, acknowledger::urgency::due);
}

void engine::source_lives(const moment& now) {
    last_received_ = now.steady;
}

void engine::decode(std::string_view payload, lsn at, const moment& now) {
    if (spool_.in_block() && payload != end_of_block) {
        if (auto kept = spool_.add(payload, at.value); !kept) {
            spool_failed(std::move(kept.error()), now);
        }
        return;
    }
    auto defect = decoder_.decode(payload, message_);
    if (defect != pgoutput::defect::none) {
        give_up({error_kind::protocol_violation,
                 "PostgreSQL sent a message that is not pgoutput at " + to_string(at) + ": " +
                     std::string{pgoutput::describe(defect)},
                 report_hint,
                 {}});
        return;
    }
    if (!replayed_ && std::holds_alternative<pgoutput::relation>(message_.content)) {
        spool_.heard(payload);
    }
    if (!hold(payload, at)) {
        apply(message_, at, now);
    }
}

void engine::apply(const pgoutput::message& message, lsn at, const moment& now) {
    if (is_about_streams(message)) {
        take_stream_message(message, now);
        return;
    }
    auto step = assembler_.apply(message, at);
    if (!step) {
        give_up(std::move(step.error()));
        return;
    }
    switch (*step) {
        case change::step::changes:
            publish_changes(now);
            break;
        case change::step::begin:
            ticket_ = ledger_.open(assembler_.current().commit_lsn);
            publishing_ = {assembler_.current().commit_lsn, 0};
            counted_begin_ = false;
            ++counters_.transactions;
            changes_before_ = counters_.changes;
            counters_.last_commit_time_us = assembler_.current().commit_time.microseconds;
            break;
        case change::step::commit:
            if (assembler_.end_lsn() < ledger_.received()) {
                give_up({error_kind::protocol_violation,
                         "a transaction that ends at " + to_string(assembler_.end_lsn()) +
                             " came after " + to_string(ledger_.received()),
                         report_hint,
                         {}});
                return;
            }
            publishing_ = {assembler_.current().commit_lsn, 0};
            end_counted();
            ledger_.close(assembler_.end_lsn());
            if (published_.value == assembler_.current().commit_lsn.value + 1) {
                published_ = assembler_.end_lsn();
            }
            passage_.received(assembler_.end_lsn(), assembler_.current().commit_time,
                              counters_.changes - changes_before_, now);
            acknowledge(now, acknowledger::urgency::due);
            break;
        case change::step::relation:
            table_announced(now);
            break;
        case change::step::nothing:
            break;
    }
}

void engine::table_announced(const moment& now) {
    auto announced = assembler_.announced();
    counters_.schema_changes += announced.changed ? 1 : 0;
    if (incremental_.watches(announced.table->id)) {
        incremental_.stream().announced(
            assembler_.in_transaction() ? std::optional{assembler_.current().xid} : std::nullopt);
    }
    follow(plans_.announce(*announced.table, announced.changed), now);
}

void engine::publish_changes(const moment& now) {
    bool alone = !assembler_.in_transaction();
    if (alone) {
        ticket_ = ledger_.open(assembler_.changes().front().at.commit);
        counters_.last_commit_time_us = now.wall.microseconds;  // a message does not tell
    }
    for (const auto& change : assembler_.changes()) {
        ++counters_.changes;
        publish(change, now);
        if (!streaming_ || phase_ == phase::finished) {
            return;
        }
    }
    if (alone) {
        ledger_.close(std::max(assembler_.changes().front().at.commit, ledger_.received()));
        acknowledge(now, acknowledger::urgency::due);
        if (incremental_.complete()) {
            chunk_complete(now);
        }
    }
}

void engine::publish(const change::change& what, const moment& now) {
    if (what.message != nullptr) {
        publish_message(what, now);
        return;
    }
    if (incremental_.watches(what.table->id)) {
        incremental_.stream().touch(what);
    }
    plan_ = plans_.find(*what.table);
    WALFERRY_ASSERT(plan_ != nullptr);
    if (!plan_->kept) {
        ++counters_.changes_filtered;
        return;
    }
    if (plan_->needs_text && reads_binary()) {
        go_on_in_text(what, now);
        return;
    }
    publishing_ = what.at;
    publishing_now_ = now;
    bool has_topic = find_row_topic(what, now);
    if (!has_topic) {
        return;
    }
    reaches(what);
    plans_.count(*plan_, what.what);
    begin_counted();
    auto done = plan_->encoder->encode(what, now, *this);
    if (!done) {
        cannot_publish(std::move(done.error()), now);
    }
}

// A transaction's end is not known yet; a server without its commit record is without it. A message
// outside of any tells where it ends.
void engine::reaches(const change::change& what) {
    const bool ends_there = what.message != nullptr && what.in == nullptr;
    published_ = std::max(published_, lsn{what.at.commit.value + (ends_there ? 0 : 1)});
}

void engine::take(const encode::encoded_record& made) {
    if (side_destination_ != nullptr) {
        send_to(*side_destination_, made);
        return;
    }
    if (!poisons_.empty() &&
        diverts(row_topic_ == nullptr ? plan_->topic_name : row_topic_->name, made.what)) {
        return;
    }
    auto topic = row_topic_ == nullptr ? plan_->topic : row_topic_->id;
    auto partitions = row_topic_ == nullptr ? plan_->partitions : row_topic_->partitions;
    auto partition = made.has_partition_key  ? route::partition_of(made.partition_key, partitions)
                     : row_topic_ == nullptr ? plan_->fixed_partition
                                             : std::int32_t{0};
    ledger_.sent();
    if (snapshot_row_ == nullptr) {
        sink_->produce(topic, partition, made.what, ticket_);
    } else {
        auto row = made.what;  // positions of rows can be higher than what a sink tells again
        row.sequence = snapshot_row_->ordinal;
        sink_->produce(topic, partition, row, ticket_);
    }
    ++counters_.records;
    counters_.record_bytes +=
        made.what.key.value_or("").size() + made.what.value.value_or("").size();
}

void engine::tick(const moment& now) {
    if (phase_ == phase::finished) {
        return;
    }
    beat(now);
    tend_incremental(now);
    acknowledge(now, acknowledger::urgency::due);
    watch_server(now);
    if (phase_ == phase::draining) {
        finish_drained(now);
    }
}

// A silent server may be a cut cable. Silence means nothing while we do not read.
void engine::watch_server(const moment& now) {
    if (!wants_input()) {
        last_received_ = now.steady;
        return;
    }
    if (now.steady - last_received_ >= dead_after_silence) {
        connection_failed({error_kind::connection_lost,
                           "PostgreSQL has been silent for 30 s although it was asked to answer",
                           {},
                           {}},
                          now);
    } else if (now.steady - last_received_ >= ask_after_silence &&
               now.steady - last_asked_ >= ask_after_silence) {
        last_asked_ = now.steady;
        ask(send_status{ledger_.received(), acknowledger_.told(), true});
    }
}

bool engine::doubts_server(instant now) const {
    return wants_input() && now - last_received_ >= doubt_after_silence;
}

std::string engine::waits_for() const {
    if (!streaming_) {
        return {};
    }
    if (held_message_.empty()) {
        return plans_.waits_for();
    }
    return held_for_standbys_ ? "standbys" : "topic " + held_topic_;
}

instant engine::next_deadline() const {
    auto deadline = acknowledger_.next_deadline(ledger_.acknowledgeable());
    if (stop_deadline_) {
        deadline = std::min(deadline, *stop_deadline_);
    }
    if (!streaming_) {
        return deadline;
    }
    // A silent server is asked again and again until it counts as gone.
    deadline = std::min(deadline, std::max(last_received_, last_asked_) + ask_after_silence);
    return std::min(deadline, last_received_ + dead_after_silence);
}

}  // namespace walferry::pipeline
