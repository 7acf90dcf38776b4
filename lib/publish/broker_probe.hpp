#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/publish/sink.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace walferry::publish {

struct probed_topic {
    topic_request wanted;
    bool exists = false;
    bool hidden = false;  // its name is known, but the principal may not see it
    int partitions = 0;
    int replicas = 0;        // of the partition that has the fewest
    bool described = false;  // what follows was told
    bool compacted = false;
    std::int64_t record_bytes_max = 0;  // 0: not told
    int in_sync_replicas_min = 0;       // 0: not told
    std::optional<error> refusal;       // missing, and this is why it cannot be created
};

// What a look at the brokers found; nothing is created or written.
struct broker_look {
    std::vector<probed_topic> topics;  // in the order asked for
    std::string library;               // librdkafka's version
};

// Asks the brokers for the topics, and what would come of creating those that are missing and may
// be created; blocks for `patience` at most, and 2 s for each of two further questions. Gives up
// at once when every broker refuses to be connected to. Errors: broker_unreachable,
// broker_authentication, broker_authorization, broker_configuration.
result<broker_look> probe_brokers(const std::string& name, const config::kafka_settings& kafka,
                                  std::vector<topic_request> wanted,
                                  std::chrono::milliseconds patience);

}  // namespace walferry::publish
