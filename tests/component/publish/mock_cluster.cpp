#include "mock_cluster.hpp"

#include "lib/publish/kafka_handles.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace walferry::publish {
namespace {

rd_kafka_t* make_client(rd_kafka_type_t type, const std::string& bootstrap) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    std::array<char, 512> text{};
    rd_kafka_conf_set(conf, "log_level", "2", text.data(), text.size());
    if (!bootstrap.empty()) {
        rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap.c_str(), text.data(), text.size());
        rd_kafka_conf_set(conf, "enable.partition.eof", "true", text.data(), text.size());
    }
    rd_kafka_t* made = rd_kafka_new(type, conf, text.data(), text.size());
    REQUIRE(made != nullptr);
    return made;
}

std::optional<std::string> text_of(const void* start, std::size_t size) {
    if (start == nullptr) {
        return std::nullopt;
    }
    return std::string(static_cast<const char*>(start), size);
}

consumed copy_of(const rd_kafka_message_t& message) {
    consumed made{message.partition,
                  message.offset,
                  text_of(message.key, message.key_len),
                  text_of(message.payload, message.len),
                  0,
                  {}};
    rd_kafka_timestamp_type_t kind{};
    made.timestamp_ms = rd_kafka_message_timestamp(&message, &kind);
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
                                RD_KAFKA_RESP_ERR_NO_ERROR;
             ++i) {
            made.headers.emplace_back(name, text_of(value, size));
        }
    }
    return made;
}

}  // namespace

mock_cluster::mock_cluster(int brokers)
    : client_(make_client(RD_KAFKA_PRODUCER, {})),
      cluster_(rd_kafka_mock_cluster_new(client_, brokers)) {
    REQUIRE(cluster_ != nullptr);
}

mock_cluster::~mock_cluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
}

config::kafka_settings mock_cluster::settings() const {
    config::kafka_settings made;
    made.enabled = true;
    made.properties = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)},
                       {"retry.backoff.ms", "20"},
                       {"reconnect.backoff.ms", "20"}};
    return made;
}

void mock_cluster::make_topic(const std::string& name, int partitions) {
    rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1);
}

void mock_cluster::answer(std::int16_t request, std::initializer_list<rd_kafka_resp_err_t> codes) {
    rd_kafka_mock_push_request_errors_array(cluster_, request, codes.size(), codes.begin());
}

std::vector<consumed> mock_cluster::read_all(const std::string& topic, int partitions) const {
    const client_handle client{
        make_client(RD_KAFKA_CONSUMER, rd_kafka_mock_cluster_bootstraps(cluster_))};
    const topic_handle from{rd_kafka_topic_new(client.get(), topic.c_str(), nullptr)};
    std::vector<consumed> all;
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
        REQUIRE(rd_kafka_consume_start(from.get(), partition, RD_KAFKA_OFFSET_BEGINNING) == 0);
        for (int silence = 0; silence < 50;) {
            const message_handle message{rd_kafka_consume(from.get(), partition, 100)};
            if (message == nullptr) {
                ++silence;
            } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                break;
            } else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                all.push_back(copy_of(*message));
            }
        }
        rd_kafka_consume_stop(from.get(), partition);
    }
    return all;
}

}  // namespace walferry::publish
