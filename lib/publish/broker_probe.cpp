#include "lib/publish/broker_probe.hpp"

#include "lib/publish/broker_errors.hpp"
#include "lib/publish/kafka_configuration.hpp"
#include "lib/publish/topic_admin.hpp"

namespace walferry::publish {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds question_patience{500};

// librdkafka tells refused credentials as an error event and goes on trying.
std::optional<error> told_refusal(rd_kafka_t* client) {
    const event_handle event{rd_kafka_queue_poll(rd_kafka_queue_get_main(client), 0)};
    if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) {
        return std::nullopt;
    }
    const auto code = rd_kafka_event_error(event.get());
    if (code != RD_KAFKA_RESP_ERR__AUTHENTICATION && code != RD_KAFKA_RESP_ERR__SSL) {
        return std::nullopt;
    }
    return broker_error(code, rd_kafka_event_error_string(event.get()));
}

result<std::map<std::string, topic_facts>> look(rd_kafka_t* client, const std::string& servers,
                                                std::chrono::milliseconds patience) {
    const auto until = clock::now() + patience;
    const topic_admin admin{client};
    for (;;) {
        auto found = admin.look_up_all(question_patience);
        if (found) {
            return std::move(*found);
        }
        if (auto refusal = told_refusal(client)) {
            return tl::unexpected(std::move(*refusal));
        }
        if (clock::now() >= until) {
            auto why = broker_error(found.error(), "no broker of " + servers + " answers");
            why.kind = error_kind::broker_unreachable;
            why.hint =
                "check that Kafka runs, and bootstrap.servers and security.protocol of sink.kafka";
            return tl::unexpected(std::move(why));
        }
    }
}

}  // namespace

result<broker_look> probe_brokers(const std::string& name, const config::kafka_settings& kafka,
                                  std::vector<topic_request> wanted,
                                  std::chrono::milliseconds patience) {
    auto configuration = producer_configuration(name, kafka, {});
    if (!configuration) {
        return tl::unexpected(std::move(configuration.error()));
    }
    auto client = make_client(RD_KAFKA_PRODUCER, std::move(*configuration));
    if (!client) {
        return tl::unexpected(std::move(client.error()));
    }
    auto servers = kafka.properties.find("bootstrap.servers");
    auto topics =
        look(client->get(), servers == kafka.properties.end() ? "" : servers->second, patience);
    if (!topics) {
        return tl::unexpected(std::move(topics.error()));
    }
    broker_look made;
    std::vector<std::string> names;
    for (auto& request : wanted) {
        auto found = topics->find(request.name);
        probed_topic topic;
        topic.wanted = std::move(request);
        topic.exists = found != topics->end() && !found->second.missing();
        topic.partitions = topic.exists ? found->second.partitions : 0;
        if (topic.exists) {
            names.push_back(topic.wanted.name);
        }
        made.topics.push_back(std::move(topic));
    }
    const auto limits = names.empty() ? std::map<std::string, topic_limits>{}
                                      : topic_admin{client->get()}.limits_of(names);
    for (auto& topic : made.topics) {
        if (auto limit = limits.find(topic.wanted.name); limit != limits.end()) {
            topic.compacted = limit->second.compacted;
            topic.record_bytes_max = limit->second.record_bytes_max;
        }
    }
    return made;
}

}  // namespace walferry::publish
