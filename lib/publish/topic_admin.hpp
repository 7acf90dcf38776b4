#pragma once

#include "lib/base/error.hpp"
#include "lib/publish/kafka_handles.hpp"
#include "lib/publish/sink.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Blocking questions to the cluster; for helper threads only.
namespace walferry::publish {

struct topic_facts {
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    int partitions = 0;
    int replicas = 0;  // of the partition that has the fewest
    bool led = false;  // every partition has a leader

    bool missing() const {
        return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
               (code == RD_KAFKA_RESP_ERR_NO_ERROR && partitions == 0);
    }
};

struct topic_limits {
    std::int64_t record_bytes_max = 0;
    bool compacted = false;
    int in_sync_replicas_min = 0;  // min.insync.replicas; 0: not told
};

// `tried`: the cluster says what would come of it and makes nothing.
enum class creation { real, tried };

class topic_admin {
public:
    explicit topic_admin(rd_kafka_t* client) : client_(client) {}

    // Asks any broker something cheap, so that a connection is made. NO_ERROR: one answered.
    // `known` is any topic of the client, null only while it has none: 2.0.2 would ask for its
    // topics in a way that makes the broker create those that are missing.
    rd_kafka_resp_err_t probe(rd_kafka_topic_t* known, std::chrono::milliseconds patience) const;

    // What the cluster says of one topic; the error is of the question.
    tl::expected<topic_facts, rd_kafka_resp_err_t> look_up(
        rd_kafka_topic_t* topic, std::chrono::milliseconds patience) const;

    // Of many in one answer; topics that may not be seen are not in it.
    tl::expected<std::map<std::string, topic_facts>, rd_kafka_resp_err_t> look_up_all(
        std::chrono::milliseconds patience) const;

    // Whether the leaders of all partitions answer for these topics, given with their numbers of
    // partitions: brokers tell of a topic that was made some moments before they serve it. One
    // question to each broker; the error may be that of one topic only.
    rd_kafka_resp_err_t serve(const std::map<std::string, int>& topics,
                              std::chrono::milliseconds patience) const;

    // What could not be made, by name; what is there already is no error.
    std::map<std::string, error> create(const std::vector<const topic_request*>& wanted,
                                        creation how = creation::real) const;

    // Empty where the broker does not tell.
    std::map<std::string, topic_limits> limits_of(const std::vector<std::string>& names) const;

private:
    event_handle ask(rd_kafka_admin_op_t what, rd_kafka_event_type_t answer,
                     void (*send)(rd_kafka_t*, void**, std::size_t, const rd_kafka_AdminOptions_t*,
                                  rd_kafka_queue_t*),
                     std::vector<void*> items, std::chrono::milliseconds patience,
                     creation how = creation::real) const;

    rd_kafka_t* client_;
};

}  // namespace walferry::publish
