#pragma once

#include "lib/publish/broker_errors.hpp"
#include "lib/publish/kafka_handles.hpp"
#include "lib/publish/partition_lanes.hpp"
#include "lib/publish/producer_memory.hpp"
#include "lib/publish/sink_driver.hpp"
#include "lib/publish/ticket_packer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace walferry::publish {

// The one failure of a sink's life. Records that were dropped because of another failure come
// before or after the report of that one: it waits for a cause that says more, or until nothing is
// out.
class failure_slot {
public:
    void offer(record_fate fate, error why, std::optional<refused_record> refused = {});
    bool any() const { return why_.has_value(); }

    // Once, when it is clear what to report.
    bool report(bool nothing_out, sink_events& out);

private:
    record_fate fate_ = record_fate::follows;
    std::optional<error> why_;
    std::optional<refused_record> refused_;
    bool reported_ = false;
};

// Counts what is out and judges every delivery report. Loop thread only.
class delivery_account {
public:
    delivery_account(producer_memory& memory, failure_slot& failure, partition_lanes& lanes,
                     bool single)
        : memory_(memory), failure_(failure), lanes_(lanes), single_(single) {}

    // By the sum of heap that librdkafka was measured to take for a queued record.
    static std::uint64_t cost(std::size_t key_and_value, std::size_t headers) {
        return key_and_value + 190 + 100 * headers;
    }

    // Records of this topic may follow. Its name must have been put into the memory.
    void add_topic(topic_id id, const std::string& name);

    std::uint64_t pack(std::uint64_t ticket, std::uint64_t sequence) {
        return tickets_.pack(ticket, sequence);
    }
    void accepted(const record& what);

    // It is not out: librdkafka never had it.
    void returned(std::uint64_t key_and_value, std::size_t headers);

    // librdkafka did not take the record itself.
    void not_taken(rd_kafka_resp_err_t code, refused_record what, std::uint64_t packed);

    // All messages of one delivery report event; what they confirm is appended to `out`.
    void read(rd_kafka_event_t* event, sink_events& out);

    std::uint64_t records_out() const { return records_out_; }
    std::uint64_t bytes_out() const { return bytes_out_; }
    std::uint64_t confirmed() const { return confirmed_; }
    std::uint64_t implicit() const { return implicit_; }

private:
    void confirm(const rd_kafka_message_t& message, std::vector<delivery>& confirmed);
    void settle(const rd_kafka_message_t& message);
    bool is_good(const rd_kafka_message_t& message, std::size_t in_batch);
    bool moved_forward(const rd_kafka_message_t& message);
    void refused(const rd_kafka_message_t& message, std::size_t in_batch);
    void count_single();
    static std::string place_of(const rd_kafka_message_t& message);

    producer_memory& memory_;
    failure_slot& failure_;
    partition_lanes& lanes_;
    bool single_;
    std::vector<producer_memory::topic*> topics_;
    ticket_packer tickets_;
    bool any_headers_ = false;
    std::uint64_t records_out_ = 0;
    std::uint64_t bytes_out_ = 0;
    std::uint64_t confirmed_ = 0;
    std::uint64_t implicit_ = 0;
};

}  // namespace walferry::publish
