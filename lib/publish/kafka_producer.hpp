#pragma once

#include "lib/publish/kafka_configuration.hpp"
#include "lib/publish/kafka_handles.hpp"
#include "lib/publish/mailbox.hpp"
#include "lib/publish/partition_lanes.hpp"
#include "lib/publish/topic_opener.hpp"
#include "lib/publish/wake_event.hpp"
#include "lib/publish/worker.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace walferry::publish {

// What the helper thread found out; each report has one of these.
struct cluster_report {
    std::optional<result<std::vector<found_topic>>> opened;
    std::map<std::string, topic_facts> watched;  // the topics in use, looked at again
};

// One librdkafka producer with its queue, its topics and the thread for calls that block. It only
// carries: what events mean is the sink's business. Methods are for the loop's thread; destruction
// blocks and belongs on another one.
class kafka_producer {
public:
    // `gather` is how long a small batch may wait for more, whatever librdkafka's linger.ms is.
    static result<std::unique_ptr<kafka_producer>> make(configuration_handle configuration,
                                                        std::chrono::microseconds gather);
    kafka_producer(client_handle client, std::chrono::microseconds gather);
    kafka_producer(const kafka_producer&) = delete;
    kafka_producer& operator=(const kafka_producer&) = delete;
    ~kafka_producer();

    rd_kafka_t* client() const { return client_.get(); }
    wake_event& wake() { return wake_; }
    int wake_fd() const { return wake_.fd(); }
    // As configured.
    partition_lanes::limits batch_limits() const;

    event_handle next_event() { return event_handle{rd_kafka_queue_poll(queue_.get(), 0)}; }
    std::vector<cluster_report> reports() { return mailbox_.take(); }

    // Again for a topic that is being opened ahead: it is in earnest now.
    void open(std::vector<wanted_topic> wanted);

    // Without lingering for half a minute, or until nothing is out.
    void flush();

    // The same for partition_lanes::hurry_time.
    void hurry();

    // Whether a broker answered last time: a confirmation, or a question of the helper thread,
    // which asks when nothing was confirmed for some seconds. What librdkafka tells of connections
    // is not relied on: since 2.11.1 it keeps silent about those that were closed orderly.
    bool reachable() const { return reachable_.load(std::memory_order_relaxed); }
    void note_reachable() {
        reachable_.store(true, std::memory_order_relaxed);
        heard_.store(true, std::memory_order_relaxed);
    }
    void note_unreachable() { reachable_.store(false, std::memory_order_relaxed); }

private:
    void open_some();
    void flush_some();
    void look_around();
    bool is_silent();
    void ask_broker();
    void watch_topics();

    client_handle client_;
    std::chrono::microseconds gather_;
    wake_event wake_;
    mailbox<cluster_report> mailbox_{wake_};
    queue_handle queue_;
    std::atomic<bool> reachable_ = false;
    std::atomic<bool> heard_ = false;  // since the helper thread looked
    std::atomic<bool> hurry_asked_ = false;
    std::atomic<bool> ever_reached_ = false;
    std::atomic<std::chrono::steady_clock::rep> flush_until_ = 0;

    // The worker's alone.
    topic_opener opener_{client_.get(), {}};
    bool opening_ = false;  // open_some() is under way
    struct topic_in_use {
        std::string name;
        rd_kafka_topic_t* handle = nullptr;
    };
    std::vector<topic_in_use> watched_;
    std::chrono::steady_clock::time_point watch_next_;
    std::chrono::steady_clock::time_point heard_at_;

    worker hurrier_;
    worker worker_;  // last: its thread uses the members above
};

}  // namespace walferry::publish
