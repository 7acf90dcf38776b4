#pragma once

#include "lib/publish/delivery_account.hpp"
#include "lib/publish/kafka_producer.hpp"
#include "lib/publish/partition_lanes.hpp"
#include "lib/publish/trouble_limiter.hpp"
#include "lib/publish/undertaker.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace walferry::publish {

// One producer seen through the seam of sink_driver. Everything here happens on the loop's thread;
// what librdkafka and the helper thread have to say comes as events and reports by poll().
class kafka_sink final : public sink_driver {
public:
    // Memory and undertaker outlive the sink.
    kafka_sink(std::unique_ptr<kafka_producer> producer, std::uint64_t bytes_max,
               producer_memory& memory, undertaker& graves);
    ~kafka_sink() override;

    void produce(topic_id topic, std::int32_t partition, const record& what,
                 std::uint64_t ticket) override;
    bool has_room() const override { return account_.bytes_out() < bytes_max_; }
    int wake_fd() const override { return producer_->wake_fd(); }
    void woken() override { producer_->wake().clear(); }
    bool poll(sink_events& out) override;
    std::optional<instant> due() const override { return lanes_.due(); }
    void open_topics(std::vector<topic_request> wanted) override;
    void flush() override;
    sink_statistics statistics() const override;

private:
    struct topic_entry {
        std::string name;
        rd_kafka_topic_t* handle = nullptr;  // with `opened`
        std::optional<opened_topic> opened;  // once the broker has it
    };

    bool hand_over(topic_id topic, std::int32_t partition, const record& what,
                   headers_handle& headers, std::uint64_t packed);
    rd_kafka_resp_err_t produce_copy(rd_kafka_topic_t* to, std::int32_t partition,
                                     const record& what, headers_handle& headers,
                                     std::uint64_t packed);
    void hand_over_waiting(bool all);
    void fail_now(error why);

    topic_id id_of(const std::string& name) const;
    void accept_report(cluster_report report, sink_events& out);
    void accept_topic(const found_topic& found, sink_events& out);
    void compare_partitions(const std::string& name, int partitions, sink_events& out);

    void read_event(rd_kafka_event_t* event, sink_events& out);
    void read_error(rd_kafka_event_t* event, sink_events& out);
    void read_log(rd_kafka_event_t* event, sink_events& out);
    void trouble(const std::string& sort, error what, sink_events& out);

    std::unique_ptr<kafka_producer> producer_;
    std::uint64_t bytes_max_;
    producer_memory& memory_;
    undertaker& graves_;
    failure_slot failure_;
    partition_lanes::limits batch_;
    partition_lanes lanes_;
    delivery_account account_;
    std::vector<topic_entry> topics_;
    std::vector<opened_topic> answers_;  // for topics that were open already
    trouble_limiter troubles_;
    bool ever_connected_ = false;
    bool cause_told_ = false;  // why no broker can be reached, by one broker's own error
};

}  // namespace walferry::publish
