#include "cmd/walferry/sink_check.hpp"

#include "lib/publish/broker_probe.hpp"
#include "lib/publish/state_topic.hpp"

namespace walferry {
namespace {

audit::finding judge(const publish::probed_topic& topic) {
    const std::string quoted = "topic \"" + topic.wanted.name + "\"";
    if (!topic.exists) {
        return audit::found_info("topic", quoted + " does not exist yet; run makes it");
    }
    if (!topic.compacted) {
        return audit::found_warning("topic", quoted + " is not compacted and grows without end",
                                    "kafka-configs.sh --alter --entity-type topics --entity-name " +
                                        topic.wanted.name + " --add-config cleanup.policy=compact");
    }
    return audit::found_ok("topic", quoted + " is as it should be");
}

}  // namespace

std::vector<audit::finding> check_sink(const config::settings& settings) {
    if (!settings.sink.kafka.enabled) {
        return {audit::found_ok("sink", "events go to standard output")};
    }
    auto found = publish::probe_brokers(settings.name, settings.sink.kafka,
                                        {publish::state_topic(settings.name)},
                                        settings.source.connect_timeout);
    if (!found) {
        return {audit::found_error("broker", found.error())};
    }
    std::vector<audit::finding> findings{audit::found_ok("broker", "the brokers answer")};
    for (const auto& topic : found->topics) {
        findings.push_back(judge(topic));
    }
    return findings;
}

}  // namespace walferry
