#include "lib/publish/broker_probe.hpp"

#include "lib/publish/broker_errors.hpp"
#include "lib/publish/kafka_configuration.hpp"
#include "lib/publish/topic_admin.hpp"

namespace walferry::publish {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds question_patience{250};
// Topics that are not shown are asked for by name, one by one.
constexpr std::size_t asked_by_name_max = 64;
// Settings and trial creations go in requests of so many.
constexpr std::size_t a_request_max = 512;

// What librdkafka told as error events meanwhile; it goes on trying.
struct told {
    std::optional<error> refusal;   // of credentials
    std::optional<error> all_down;  // no broker can be connected to
};

void listen(rd_kafka_t* client, told& so_far) {
    const queue_handle queue{rd_kafka_queue_get_main(client)};
    for (;;) {
        const event_handle event{rd_kafka_queue_poll(queue.get(), 0)};
        if (event == nullptr) {
            return;
        }
        if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) {
            continue;
        }
        const auto code = rd_kafka_event_error(event.get());
        auto what = broker_error(code, rd_kafka_event_error_string(event.get()));
        if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL) {
            so_far.refusal = std::move(what);
        } else if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
            so_far.all_down = std::move(what);
        }
    }
}

result<std::map<std::string, topic_facts>> look(rd_kafka_t* client, const std::string& servers,
                                                std::chrono::milliseconds patience) {
    const auto until = clock::now() + patience;
    const topic_admin admin{client};
    told events;
    for (;;) {
        auto found = admin.look_up_all(question_patience);
        if (found) {
            return std::move(*found);
        }
        listen(client, events);
        if (events.refusal) {
            return tl::unexpected(std::move(*events.refusal));
        }
        if (clock::now() >= until || events.all_down) {
            auto why = broker_error(found.error(), "no broker of " + servers + " answers");
            why.kind = error_kind::broker_unreachable;
            why.hint =
                "check that Kafka runs, and bootstrap.servers and security.protocol of sink.kafka";
            return tl::unexpected(std::move(why));
        }
    }
}

void look_by_name(rd_kafka_t* client, std::vector<probed_topic>& topics) {
    const topic_admin admin{client};
    std::size_t asked = 0;
    for (auto& topic : topics) {
        if (topic.exists || asked == asked_by_name_max) {
            continue;
        }
        ++asked;
        const auto handle = make_topic(client, topic.wanted.name, 0);
        const auto facts = handle == nullptr ? tl::unexpected(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)
                                             : admin.look_up(handle.get(), question_patience);
        topic.hidden = facts && facts->code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    }
}

void describe(rd_kafka_t* client, std::vector<probed_topic>& topics) {
    std::vector<std::string> names;
    std::map<std::string, topic_limits> limits;
    const auto ask = [&] {
        limits.merge(topic_admin{client}.limits_of(names));
        names.clear();
    };
    for (const auto& topic : topics) {
        if (topic.exists) {
            names.push_back(topic.wanted.name);
        }
        if (names.size() == a_request_max) {
            ask();
        }
    }
    if (!names.empty()) {
        ask();
    }
    for (auto& topic : topics) {
        if (const auto limit = limits.find(topic.wanted.name); limit != limits.end()) {
            topic.described = true;
            topic.compacted = limit->second.compacted;
            topic.record_bytes_max = limit->second.record_bytes_max;
            topic.in_sync_replicas_min = limit->second.in_sync_replicas_min;
        }
    }
}

void try_creating(rd_kafka_t* client, std::vector<probed_topic>& topics) {
    std::vector<const topic_request*> missing;
    for (const auto& topic : topics) {
        if (!topic.exists && !topic.hidden && topic.wanted.create &&
            missing.size() < a_request_max) {
            missing.push_back(&topic.wanted);
        }
    }
    if (missing.empty()) {
        return;
    }
    auto refused = topic_admin{client}.create(missing, creation::tried);
    for (auto& topic : topics) {
        if (auto why = refused.find(topic.wanted.name); why != refused.end()) {
            topic.refusal = std::move(why->second);
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
    made.library = rd_kafka_version_str();
    for (auto& request : wanted) {
        auto found = topics->find(request.name);
        probed_topic topic;
        topic.wanted = std::move(request);
        topic.exists = found != topics->end() && !found->second.missing();
        topic.partitions = topic.exists ? found->second.partitions : 0;
        topic.replicas = topic.exists ? found->second.replicas : 0;
        made.topics.push_back(std::move(topic));
    }
    look_by_name(client->get(), made.topics);
    describe(client->get(), made.topics);
    try_creating(client->get(), made.topics);
    return made;
}

}  // namespace walferry::publish
