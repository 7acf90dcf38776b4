#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::config {

struct connector_text {
    std::map<std::string, std::string> properties;  // by Kafka Connect's names
    std::vector<std::string> wrong;
};

// Reads the properties of a connector: JSON ({…} or {"name": …, "config": {…}}) or Java properties.
// The names of Debezium Server (debezium.source.…, debezium.sink.kafka.producer.…) become those of
// Kafka Connect.
connector_text read_connector(std::string_view text);

}  // namespace walferry::config
