#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace walferry::config {

struct conversion {
    std::string yaml;                // empty when something is wrong
    std::vector<std::string> wrong;  // "snapshot.mode: \"always\" has no counterpart (…)"
};

// Turns the configuration of a Debezium connector for PostgreSQL into a walferry.yaml that loads.
// Takes Kafka Connect's JSON, alone or as its REST interface has it, Java properties, and those of
// Debezium Server. Properties without a counterpart stand in comments with what to do instead.
conversion from_debezium(std::string_view text);

}  // namespace walferry::config
