#include "lib/publish/delivery_account.hpp"

#include "lib/base/assert.hpp"

#include <algorithm>
#include <utility>

namespace walferry::publish {
namespace {

constexpr std::size_t shown_key_bytes_max = 1024;
// More than the byte budget holds of small records, and bounded: then full batches are tried again.
constexpr std::uint64_t singles_when_refused = 200'000;
constexpr std::uint64_t batch_bytes_min = 16'384;

std::uint64_t packed_of(const rd_kafka_message_t& message) {
    return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(message._private));
}

topic_id topic_of(const rd_kafka_message_t& message) {
    return static_cast<topic_id>(
        reinterpret_cast<std::uintptr_t>(rd_kafka_topic_opaque(message.rkt)));
}

std::size_t header_count(const rd_kafka_message_t& message) {
    rd_kafka_headers_t* headers = nullptr;
    return rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR
               ? rd_kafka_header_cnt(headers)
               : 0;
}

bool is_about_size(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
           code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
           code == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE;
}

}  // namespace

void failure_slot::offer(record_fate fate, error why, std::optional<refused_record> refused) {
    if (reported_ || (why_ && fate <= fate_)) {
        return;
    }
    fate_ = fate;
    why_ = std::move(why);
    refused_ = std::move(refused);
}

bool failure_slot::report(bool nothing_out, sink_events& out) {
    if (reported_ || !why_ || (fate_ == record_fate::follows && !nothing_out)) {
        return false;
    }
    reported_ = true;
    out.failed = why_;
    out.refused = std::move(refused_);
    return true;
}

void delivery_account::add_topic(topic_id id, const std::string& name) {
    topics_.resize(std::max<std::size_t>(topics_.size(), id + std::size_t{1}));
    topics_[id] = &memory_.topics.at(name);
}

void delivery_account::accepted(const record& what) {
    const std::size_t bytes =
        (what.key ? what.key->size() : 0) + (what.value ? what.value->size() : 0);
    any_headers_ = any_headers_ || !what.headers.empty();
    ++records_out_;
    bytes_out_ += cost(bytes, what.headers.size());
}

void delivery_account::read(rd_kafka_event_t* event, sink_events& out) {
    const std::size_t in_batch = rd_kafka_event_message_count(event);
    bool measured = false;
    while (const auto* message = rd_kafka_event_message_next(event)) {
        settle(*message);
        if (!is_good(*message, in_batch)) {
            continue;
        }
        if (!std::exchange(measured, true)) {
            out.latencies.emplace_back(rd_kafka_message_latency(message));
        }
        confirm(*message, out.confirmed);
    }
}

void delivery_account::confirm(const rd_kafka_message_t& message,
                               std::vector<delivery>& confirmed) {
    ++confirmed_;
    const auto ticket = tickets_.ticket_of(packed_of(message));
    if (!confirmed.empty() && confirmed.back().ticket == ticket) {
        ++confirmed.back().count;
    } else {
        confirmed.push_back({ticket, 1});
    }
    if (single_) {
        count_single();
    }
}

void delivery_account::settle(const rd_kafka_message_t& message) {
    const auto bytes = message.len + message.key_len;
    lanes_.settled(topic_of(message), message.partition);
    returned(bytes, any_headers_ ? header_count(message) : 0);
}

void delivery_account::returned(std::uint64_t key_and_value, std::size_t headers) {
    const auto bytes = cost(key_and_value, headers);
    WALFERRY_ASSERT(records_out_ > 0 && bytes_out_ >= bytes);
    --records_out_;
    bytes_out_ -= bytes;
}

bool delivery_account::is_good(const rd_kafka_message_t& message, std::size_t in_batch) {
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (message.offset >= 0) {
            return moved_forward(message);
        }
        ++implicit_;
        failure_.offer(
            record_fate::replay,
            {error_kind::delivery_failed,
             place_of(message) + ": a record was reported as delivered without an offset, "
                                 "which only follows from a later one",
             {},
             {}});
        return false;
    }
    const auto fate = fate_of(message.err);
    if (fate == record_fate::refused) {
        refused(message, in_batch);
    } else {
        failure_.offer(fate, broker_error(message.err, place_of(message)));
    }
    return false;
}

bool delivery_account::moved_forward(const rd_kafka_message_t& message) {
    auto& last =
        topics_.at(topic_of(message))->last_offsets.at(static_cast<std::size_t>(message.partition));
    if (message.offset > last) {
        last = message.offset;
        lanes_.began(topic_of(message), message.partition);
        return true;
    }
    failure_.offer(record_fate::replay,
                   {error_kind::topic_unfit,
                    place_of(message) + ": offset " + std::to_string(message.offset) +
                        " came after offset " + std::to_string(last) +
                        ": the topic was deleted and made again, or lost records in an unclean "
                        "election of a leader",
                    "records that Kafka had confirmed are gone from the topic; take a new snapshot "
                    "of its tables, or start walferry again to go on without them",
                    {}});
    return false;
}

void delivery_account::refused(const rd_kafka_message_t& message, std::size_t in_batch) {
    if (in_batch == 1) {
        refused_record record;
        record.topic = rd_kafka_topic_name(message.rkt);
        record.partition = message.partition;
        record.bytes = message.len + message.key_len;
        record.tombstone = message.payload == nullptr;
        if (message.key != nullptr) {
            record.key.emplace(static_cast<const char*>(message.key), message.key_len);
        }
        not_taken(message.err, std::move(record), packed_of(message));
        return;
    }
    if (is_about_size(message.err)) {
        memory_.batch_bytes = std::max(memory_.batch_bytes / 2, batch_bytes_min);
    } else {
        memory_.singles_left = singles_when_refused;
    }
    failure_.offer(record_fate::replay,
                   {error_kind::delivery_failed,
                    place_of(message) + ": the broker refuses a batch of " +
                        std::to_string(in_batch) + " records: " + describe(message.err) +
                        "; replayed in smaller ones to find which record it is",
                    {},
                    {}});
}

void delivery_account::not_taken(rd_kafka_resp_err_t code, refused_record what,
                                 std::uint64_t packed) {
    error why = broker_error(code, "topic " + what.topic + " partition " +
                                       std::to_string(what.partition) + ": a record of " +
                                       std::to_string(what.bytes) + " bytes is not taken");
    const auto fate = fate_of(code);
    if (fate != record_fate::refused) {
        failure_.offer(fate, std::move(why));
        return;
    }
    what.ticket = tickets_.ticket_of(packed);
    what.sequence = ticket_packer::sequence_of(packed);
    what.too_large = is_about_size(code);
    if (what.key) {
        what.key->resize(std::min(what.key->size(), shown_key_bytes_max));
    }
    memory_.singles_left = 0;
    failure_.offer(fate, std::move(why), std::move(what));
}

void delivery_account::count_single() {
    if (memory_.singles_left > 0 && --memory_.singles_left == 0) {
        failure_.offer(record_fate::replay,
                       {error_kind::delivery_failed,
                        "the broker refuses none of the records any more; back to full batches",
                        {},
                        {}});
    }
}

std::string delivery_account::place_of(const rd_kafka_message_t& message) {
    return std::string("topic ") + rd_kafka_topic_name(message.rkt) + " partition " +
           std::to_string(message.partition);
}

}  // namespace walferry::publish
