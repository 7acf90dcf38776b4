#include "lib/audit/judge.hpp"
#include "lib/base/name_list.hpp"

#include <algorithm>

namespace walferry::audit {
namespace {

using publish::probed_topic;

constexpr std::int64_t usual_record_bytes = 1'048'588;  // max.message.bytes as Kafka has it

std::string quoted(const probed_topic& topic) {
    return "topic \"" + topic.wanted.name + '"';
}

// The beginning of a command of Kafka's.
std::string tool(const std::string& name, const config::settings& settings) {
    const auto& properties = settings.sink.kafka.properties;
    const auto servers = properties.find("bootstrap.servers");
    return name + " --bootstrap-server " +
           (servers == properties.end() ? "<broker>" : servers->second);
}

std::string configure(const probed_topic& topic, const config::settings& settings,
                      const std::string& setting) {
    return tool("kafka-configs.sh", settings) + " --alter --entity-type topics --entity-name " +
           topic.wanted.name + " --add-config " + setting;
}

std::string allow(const config::settings& settings, const probed_topic& topic,
                  const std::string& operations) {
    const auto& properties = settings.sink.kafka.properties;
    const auto user = properties.find("sasl.username");
    std::string command = tool("kafka-acls.sh", settings) + " --add --allow-principal \"User:" +
                          (user == properties.end() ? "<walferry's>" : user->second) + '"';
    return command + operations + " --topic " + topic.wanted.name;
}

bool must_be_compacted(const probed_topic& topic) {
    const auto policy = topic.wanted.config.find("cleanup.policy");
    return policy != topic.wanted.config.end() && policy->second == "compact" &&
           topic.wanted.name.starts_with("walferry.");
}

std::string create_command(const probed_topic& topic, const config::settings& settings) {
    std::string command = tool("kafka-topics.sh", settings) + " --create --topic " +
                          topic.wanted.name + " --partitions " +
                          std::to_string(topic.wanted.partitions);
    for (const auto& [key, value] : topic.wanted.config) {
        command += " --config " + key + '=' + value;
    }
    return command;
}

// True: it can be.
bool judge_missing(const probed_topic& topic, const config::settings& settings, findings& into) {
    if (topic.hidden) {
        into.push_back(found_error(
            "topic",
            {error_kind::broker_authorization,
             "the principal may not see " + quoted(topic),
             allow(settings, topic, " --operation Describe --operation Write --operation Create"),
             {}}));
        return false;
    }
    if (!topic.wanted.create) {
        into.push_back(
            found_error("topic", {error_kind::topic_create_failed,
                                  quoted(topic) + " does not exist",
                                  create_command(topic, settings) + "; or set topics.create: true",
                                  {}}));
        return false;
    }
    if (topic.refusal) {
        error why = *topic.refusal;
        if (why.kind == error_kind::broker_authorization) {
            why.hint = allow(settings, topic, " --operation Create --operation Write");
        } else if (why.hint.empty()) {
            why.hint = "correct topics.partitions, topics.replication_factor or topics.config";
        }
        into.push_back(found_error("topic", why));
        return false;
    }
    return true;
}

void judge_compaction(const probed_topic& topic, const config::settings& settings, bool keyless,
                      findings& into) {
    if (must_be_compacted(topic) && !topic.compacted) {
        into.push_back(found_warning(
            "topic",
            quoted(topic) + " is not compacted: what walferry must remember is deleted in time",
            configure(topic, settings, "cleanup.policy=compact")));
    }
    if (keyless && topic.compacted) {
        into.push_back(found_error(
            "topic",
            {error_kind::poison_record,
             quoted(topic) + " is compacted and takes no record without a key, and its "
                             "table has none",
             configure(topic, settings, "cleanup.policy=delete") + "; or give the table a primary "
                                                                   "key, or events.keys",
             {}}));
    }
}

void judge_existing(const probed_topic& topic, const config::settings& settings, bool keyless,
                    findings& into) {
    const auto before = into.size();
    if (topic.partitions != topic.wanted.partitions) {
        into.push_back(found_warning(
            "topic",
            quoted(topic) + " has " + std::to_string(topic.partitions) + " partitions, not " +
                std::to_string(topic.wanted.partitions) + ": walferry uses those that are there",
            must_be_compacted(topic)
                ? tool("kafka-topics.sh", settings) + " --delete --topic " + topic.wanted.name +
                      " before the first run"
                : "set topics.partitions: " + std::to_string(topic.partitions)));
    }
    if (topic.described && topic.replicas > 0 && topic.in_sync_replicas_min > topic.replicas) {
        into.push_back(found_error(
            "topic",
            {error_kind::delivery_failed,
             quoted(topic) + " demands min.insync.replicas=" +
                 std::to_string(topic.in_sync_replicas_min) + " and has " +
                 std::to_string(topic.replicas) + " replicas: nothing is ever confirmed",
             configure(topic, settings, "min.insync.replicas=" + std::to_string(topic.replicas)),
             {}}));
    }
    if (topic.record_bytes_max > 0 && topic.record_bytes_max < usual_record_bytes) {
        into.push_back(found_warning(
            "topic",
            quoted(topic) + " takes records of " + std::to_string(topic.record_bytes_max) +
                " bytes at most (max.message.bytes): a larger one stops the stream",
            configure(topic, settings, "max.message.bytes=" + std::to_string(usual_record_bytes))));
    }
    judge_compaction(topic, settings, keyless, into);
    if (into.size() == before) {
        into.push_back(found_ok("topic", quoted(topic) + " is as it should be"));
    }
}

}  // namespace

void judge_brokers(const broker_view& view, const config::settings& settings, findings& into) {
    into.push_back(found_ok("broker", "the brokers answer librdkafka " + view.look.library));
    std::vector<std::string> missing;
    for (const auto& topic : view.look.topics) {
        const bool keyless =
            std::ranges::find(view.keyless, topic.wanted.name) != view.keyless.end();
        if (topic.exists) {
            judge_existing(topic, settings, keyless, into);
        } else if (judge_missing(topic, settings, into)) {
            missing.push_back(topic.wanted.name);
        }
    }
    if (!missing.empty()) {
        into.push_back(found_info(
            "topic", "topics that do not exist yet; run makes them: " + name_list(missing)));
    }
}

}  // namespace walferry::audit
