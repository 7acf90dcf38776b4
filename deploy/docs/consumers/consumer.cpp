// Reads a topic of `format: plain` and prints each change once, however often it was delivered.
//
//   g++ -std=c++20 consumer.cpp -lrdkafka -o consumer && ./consumer BOOTSTRAP TOPIC [--once]

#include <librdkafka/rdkafka.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>

using position = std::tuple<unsigned, unsigned, unsigned long long>;

// 0/16B3748:12 as a tuple that sorts.
position order_of(const std::string& text) {
    unsigned high = 0;
    unsigned low = 0;
    unsigned long long ordinal = 0;
    if (std::sscanf(text.c_str(), "%X/%X:%llu", &high, &low, &ordinal) != 3) {
        throw std::runtime_error("no position: " + text);
    }
    return {high, low, ordinal};
}

using client = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;

client connect(const char* bootstrap) {
    char why[512];
    rd_kafka_conf_t* settings = rd_kafka_conf_new();
    for (auto [name, value] : {std::pair{"bootstrap.servers", bootstrap}, {"group.id", "example-cpp"},
                               {"enable.auto.commit", "false"}, {"auto.offset.reset", "earliest"},
                               {"enable.partition.eof", "true"}}) {
        if (rd_kafka_conf_set(settings, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) {
            throw std::runtime_error(why);
        }
    }
    rd_kafka_t* made = rd_kafka_new(RD_KAFKA_CONSUMER, settings, why, sizeof why);
    if (made == nullptr) {
        throw std::runtime_error(why);
    }
    rd_kafka_poll_set_consumer(made);
    return {made, rd_kafka_destroy};
}

std::size_t partitions_of(rd_kafka_t* consumer, const char* topic) {
    std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)> handle{
        rd_kafka_topic_new(consumer, topic, nullptr), rd_kafka_topic_destroy};
    const rd_kafka_metadata_t* found = nullptr;
    auto failed = rd_kafka_metadata(consumer, 0, handle.get(), &found, 10'000);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw std::runtime_error(rd_kafka_err2str(failed));
    }
    const auto count = static_cast<std::size_t>(found->topics[0].partition_cnt);
    rd_kafka_metadata_destroy(found);
    return count;
}

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: consumer BOOTSTRAP TOPIC [--once]\n";
        return 2;
    }
    const bool once = argc > 3 && std::string(argv[3]) == "--once";
    auto consumer = connect(argv[1]);
    const auto partitions = partitions_of(consumer.get(), argv[2]);
    auto* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, argv[2], RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(consumer.get(), topics);
    rd_kafka_topic_partition_list_destroy(topics);

    std::map<int, position> newest;  // of the last change applied: keep it with what you write
    std::set<int> ended;
    while (!once || ended.size() < partitions) {
        std::unique_ptr<rd_kafka_message_t, decltype(&rd_kafka_message_destroy)> record{
            rd_kafka_consumer_poll(consumer.get(), 1000), rd_kafka_message_destroy};
        if (record == nullptr) {
            continue;
        }
        if (record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            ended.insert(record->partition);
            continue;
        }
        if (record->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw std::runtime_error(rd_kafka_message_errstr(record.get()));
        }
        if (record->payload == nullptr) {
            continue;  // a tombstone follows its delete, for the broker's compaction
        }
        const char* value = static_cast<const char*>(record->payload);
        auto change = nlohmann::json::parse(value, value + record->len);
        const auto at = order_of(change["position"]);
        if (auto& last = newest[record->partition]; at > last) {
            last = at;
            std::cout << change["position"].get<std::string>() << ' ' << change["op"].get<std::string>() << ' '
                      << (change.contains("key") ? change["key"].dump() : "null") << std::endl;
        }  // otherwise it was delivered again
    }
    rd_kafka_consumer_close(consumer.get());
}
