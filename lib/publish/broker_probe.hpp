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
    int partitions = 0;
    bool compacted = false;
    std::int64_t record_bytes_max = 0;  // 0: not told
};

// What a look at the brokers found; nothing is created or written.
struct broker_look {
    std::vector<probed_topic> topics;  // in the order asked for
};

// Asks the brokers for the topics; blocks for `patience` at most. Errors: broker_unreachable,
// broker_authentication, broker_authorization, broker_configuration.
result<broker_look> probe_brokers(const std::string& name, const config::kafka_settings& kafka,
                                  std::vector<topic_request> wanted,
                                  std::chrono::milliseconds patience);

}  // namespace walferry::publish
