#include "lib/publish/topic_admin.hpp"

#include "lib/publish/broker_errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>

namespace walferry::publish {
namespace {

constexpr std::chrono::milliseconds create_patience{15'000};
// Limits are worth a short wait only: without them everything works but less well.
constexpr std::chrono::milliseconds describe_patience{2'000};

int milliseconds(std::chrono::milliseconds value) {
    return static_cast<int>(value.count());
}

topic_facts facts_of(const rd_kafka_metadata_topic_t& topic) {
    topic_facts facts{topic.err, topic.partition_cnt, 0, topic.partition_cnt > 0};
    for (const auto& one :
         std::span(topic.partitions, static_cast<std::size_t>(topic.partition_cnt))) {
        facts.led = facts.led && one.leader >= 0;
        facts.replicas =
            facts.replicas == 0 ? one.replica_cnt : std::min(facts.replicas, one.replica_cnt);
    }
    return facts;
}

tl::expected<metadata_handle, rd_kafka_resp_err_t> metadata(rd_kafka_t* client, bool all,
                                                            rd_kafka_topic_t* only,
                                                            std::chrono::milliseconds patience) {
    const rd_kafka_metadata_t* found = nullptr;
    const auto code = rd_kafka_metadata(client, all ? 1 : 0, only, &found, milliseconds(patience));
    metadata_handle owned{found};
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(code);
    }
    return owned;
}

std::span<const rd_kafka_metadata_topic_t> topics_of(const rd_kafka_metadata_t& found) {
    return {found.topics, static_cast<std::size_t>(found.topic_cnt)};
}

error creation_error(rd_kafka_resp_err_t code, const std::string& what, const char* reason) {
    error made = broker_error(code, what);
    if (made.kind != error_kind::broker_authorization &&
        made.kind != error_kind::broker_unreachable) {
        made.kind = error_kind::topic_create_failed;
    }
    if (reason != nullptr && std::strcmp(reason, rd_kafka_err2str(code)) != 0) {
        made.message += std::string(": ") + reason;
    }
    return made;
}

tl::expected<new_topic_handle, error> new_topic(const topic_request& wanted) {
    std::array<char, 256> text{};
    new_topic_handle made{rd_kafka_NewTopic_new(wanted.name.c_str(), wanted.partitions,
                                                wanted.replication_factor, text.data(),
                                                text.size())};
    if (made == nullptr) {
        return fail(error_kind::topic_create_failed,
                    "topic " + wanted.name + " cannot be created: " + text.data());
    }
    for (const auto& [key, value] : wanted.config) {
        rd_kafka_NewTopic_set_config(made.get(), key.c_str(), value.c_str());
    }
    return made;
}

std::map<std::string, error> creation_failures(rd_kafka_event_t* answer) {
    std::map<std::string, error> failed;
    std::size_t count = 0;
    const auto* topics =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer), &count);
    for (const auto* one : std::span(topics, count)) {
        const auto code = rd_kafka_topic_result_error(one);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
            const std::string name = rd_kafka_topic_result_name(one);
            failed.emplace(name, creation_error(code, "topic " + name + " cannot be created",
                                                rd_kafka_topic_result_error_string(one)));
        }
    }
    return failed;
}

topic_limits limits_in(const rd_kafka_ConfigResource_t* resource) {
    topic_limits limits;
    std::size_t count = 0;
    const auto* entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (const auto* one : std::span(entries, count)) {
        const std::string_view name = rd_kafka_ConfigEntry_name(one);
        const char* text = rd_kafka_ConfigEntry_value(one);
        const std::string_view value = text == nullptr ? std::string_view{} : text;
        if (name == "max.message.bytes") {
            std::from_chars(value.data(), value.data() + value.size(), limits.record_bytes_max);
        } else if (name == "cleanup.policy") {
            limits.compacted = value.find("compact") != std::string_view::npos;
        } else if (name == "min.insync.replicas") {
            std::from_chars(value.data(), value.data() + value.size(), limits.in_sync_replicas_min);
        }
    }
    return limits;
}

}  // namespace

rd_kafka_resp_err_t topic_admin::probe(rd_kafka_topic_t* known,
                                       std::chrono::milliseconds patience) const {
    const auto found = metadata(client_, false, known, patience);
    return found ? RD_KAFKA_RESP_ERR_NO_ERROR : found.error();
}

tl::expected<topic_facts, rd_kafka_resp_err_t> topic_admin::look_up(
    rd_kafka_topic_t* topic, std::chrono::milliseconds patience) const {
    const auto found = metadata(client_, false, topic, patience);
    if (!found) {
        return tl::unexpected(found.error());
    }
    const auto topics = topics_of(**found);
    return topics.empty() ? topic_facts{} : facts_of(topics.front());
}

tl::expected<std::map<std::string, topic_facts>, rd_kafka_resp_err_t> topic_admin::look_up_all(
    std::chrono::milliseconds patience) const {
    const auto found = metadata(client_, true, nullptr, patience);
    if (!found) {
        return tl::unexpected(found.error());
    }
    std::map<std::string, topic_facts> all;
    for (const auto& one : topics_of(**found)) {
        all.emplace(one.topic, facts_of(one));
    }
    return all;
}

rd_kafka_resp_err_t topic_admin::serve(const std::map<std::string, int>& topics,
                                       std::chrono::milliseconds patience) const {
    const partition_list_handle asked{
        rd_kafka_topic_partition_list_new(static_cast<int>(topics.size()))};
    for (const auto& [name, partitions] : topics) {
        for (int partition = 0; partition < partitions; ++partition) {
            rd_kafka_topic_partition_list_add(asked.get(), name.c_str(), partition)->offset =
                RD_KAFKA_OFFSET_END;
        }
    }
    const auto code = rd_kafka_offsets_for_times(client_, asked.get(), milliseconds(patience));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return code;
    }
    for (const auto& one : std::span(asked->elems, static_cast<std::size_t>(asked->cnt))) {
        if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return one.err;
        }
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

event_handle topic_admin::ask(rd_kafka_admin_op_t what, rd_kafka_event_type_t answer,
                              void (*send)(rd_kafka_t*, void**, std::size_t,
                                           const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*),
                              std::vector<void*> items, std::chrono::milliseconds patience,
                              creation how) const {
    const queue_handle queue{rd_kafka_queue_new(client_)};
    const admin_options_handle options{rd_kafka_AdminOptions_new(client_, what)};
    std::array<char, 128> ignored{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), milliseconds(patience), ignored.data(),
                                              ignored.size());
    if (how == creation::tried) {
        rd_kafka_AdminOptions_set_validate_only(options.get(), 1, ignored.data(), ignored.size());
    }
    send(client_, items.data(), items.size(), options.get(), queue.get());
    event_handle event{rd_kafka_queue_poll(queue.get(), milliseconds(patience) + 1000)};
    return event != nullptr && rd_kafka_event_type(event.get()) == answer ? std::move(event)
                                                                          : nullptr;
}

std::map<std::string, error> topic_admin::create(const std::vector<const topic_request*>& wanted,
                                                 creation how) const {
    std::map<std::string, error> failed;
    std::vector<new_topic_handle> owned;
    std::vector<void*> items;
    for (const auto* one : wanted) {
        if (auto made = new_topic(*one)) {
            items.push_back(made->get());
            owned.push_back(std::move(*made));
        } else {
            failed.emplace(one->name, std::move(made.error()));
        }
    }
    if (items.empty()) {
        return failed;
    }
    const auto send = [](rd_kafka_t* client, void** all, std::size_t count,
                         const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        std::vector<rd_kafka_NewTopic_t*> topics;
        for (void* one : std::span(all, count)) {
            topics.push_back(static_cast<rd_kafka_NewTopic_t*>(one));
        }
        rd_kafka_CreateTopics(client, topics.data(), topics.size(), options, queue);
    };
    const auto answer =
        ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, RD_KAFKA_EVENT_CREATETOPICS_RESULT, send,
            std::move(items), how == creation::tried ? describe_patience : create_patience, how);
    const auto code = answer ? rd_kafka_event_error(answer.get()) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        failed.merge(creation_failures(answer.get()));
        return failed;
    }
    const auto why = creation_error(code, "the creation of topics was not answered",
                                    answer ? rd_kafka_event_error_string(answer.get()) : nullptr);
    for (const auto* one : wanted) {
        failed.emplace(one->name, why);
    }
    return failed;
}

std::map<std::string, topic_limits> topic_admin::limits_of(
    const std::vector<std::string>& names) const {
    std::vector<config_resource_handle> owned;
    std::vector<void*> items;
    for (const auto& name : names) {
        owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
        items.push_back(owned.back().get());
    }
    const auto send = [](rd_kafka_t* client, void** all, std::size_t count,
                         const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        std::vector<rd_kafka_ConfigResource_t*> resources;
        for (void* one : std::span(all, count)) {
            resources.push_back(static_cast<rd_kafka_ConfigResource_t*>(one));
        }
        rd_kafka_DescribeConfigs(client, resources.data(), resources.size(), options, queue);
    };
    const auto answer =
        ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT, send,
            std::move(items), describe_patience);
    std::map<std::string, topic_limits> found;
    if (answer == nullptr || rd_kafka_event_error(answer.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return found;
    }
    std::size_t count = 0;
    const auto* resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(answer.get()), &count);
    for (const auto* one : std::span(resources, count)) {
        if (rd_kafka_ConfigResource_error(one) == RD_KAFKA_RESP_ERR_NO_ERROR) {
            found.emplace(rd_kafka_ConfigResource_name(one), limits_in(one));
        }
    }
    return found;
}

}  // namespace walferry::publish
