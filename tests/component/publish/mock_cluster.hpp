#pragma once

#include "lib/config/settings.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace walferry::publish {

constexpr std::int16_t produce_request = 0;

struct consumed {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::int64_t timestamp_ms = 0;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

// librdkafka's in-memory brokers on a client of their own, so that sinks come and go.
class mock_cluster {
public:
    explicit mock_cluster(int brokers = 1);
    ~mock_cluster();
    mock_cluster(const mock_cluster&) = delete;
    mock_cluster& operator=(const mock_cluster&) = delete;

    rd_kafka_mock_cluster_t* get() const { return cluster_; }
    config::kafka_settings settings() const;

    void make_topic(const std::string& name, int partitions);
    // The next requests of this sort are answered with these, in turn.
    void answer(std::int16_t request, std::initializer_list<rd_kafka_resp_err_t> codes);

    // All of the topic, partition by partition.
    std::vector<consumed> read_all(const std::string& topic, int partitions) const;

private:
    rd_kafka_t* client_;
    rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace walferry::publish
