#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/publish/kafka_handles.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace walferry::publish {

// What earlier producers of this process learned; narrows the batches of the next.
struct batch_limits {
    std::uint64_t bytes = 1'000'000;  // the smallest max.message.bytes among our topics, if below
    bool single = false;              // one record a request, to find which one the broker refuses
};

// The producer's configuration: our defaults, over them the user's properties word for word, over
// those what at-least-once delivery in order rests on. Names in errors, never values.
result<configuration_handle> producer_configuration(const std::string& name,
                                                    const config::kafka_settings& kafka,
                                                    const batch_limits& limits);

// Makes librdkafka linger for as long as costs it least when much waits, and returns what linger.ms
// was: so long a small batch gathers (partition_lanes).
std::chrono::microseconds lengthen_linger(rd_kafka_conf_t* of);

// The value of a property that is a number; 0 where there is none.
double number_of(const rd_kafka_conf_t* conf, const char* property);

// For reading: of the user's properties only those that a consumer knows.
result<configuration_handle> consumer_configuration(const std::string& name,
                                                    const config::kafka_settings& kafka);

// The client. Consumes the configuration.
result<client_handle> make_client(rd_kafka_type_t type, configuration_handle configuration);

// One of the client's topics; `id` comes back from rd_kafka_topic_opaque(). librdkafka asks the
// brokers about a topic that its metadata lack. Null: it refuses the name. For any thread.
topic_handle make_topic(rd_kafka_t* client, const std::string& name, std::uint32_t id);

// Whether a property's value must not be shown.
bool is_secret_property(std::string_view name);

}  // namespace walferry::publish
