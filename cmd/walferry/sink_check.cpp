#include "cmd/walferry/sink_check.hpp"

#include "lib/audit/judge.hpp"
#include "lib/pipeline/side_topics.hpp"
#include "lib/publish/broker_probe.hpp"
#include "lib/publish/state_topic.hpp"

namespace walferry {
namespace {

std::vector<publish::topic_request> wanted_topics(const config::settings& settings,
                                                  const std::vector<route::planned_topic>& topics) {
    std::vector<publish::topic_request> wanted{publish::state_topic(settings.name)};
    const auto& of = settings.topics;
    for (const auto& one : topics) {
        wanted.push_back({one.topic, of.create, of.partitions, of.replication_factor, of.config});
    }
    if (const auto side = pipeline::side_topics::make(settings)) {
        for (auto& one : side->missing(false)) {
            wanted.push_back(std::move(one));
        }
    }
    return wanted;
}

}  // namespace

std::vector<audit::finding> check_sink(const config::settings& settings,
                                       const std::vector<route::planned_topic>& topics) {
    if (!settings.sink.kafka.enabled) {
        return {audit::found_ok("sink", "events go to standard output")};
    }
    auto found =
        publish::probe_brokers(settings.name, settings.sink.kafka, wanted_topics(settings, topics),
                               settings.source.connect_timeout);
    if (!found) {
        return {audit::found_error("broker", found.error())};
    }
    std::vector<std::string> keyless;
    for (const auto& one : topics) {
        if (one.keyless) {
            keyless.push_back(one.topic);
        }
    }
    std::vector<audit::finding> findings;
    audit::judge_brokers({*found, std::move(keyless)}, settings, findings);
    return findings;
}

}  // namespace walferry
