#pragma once

#include "lib/config/settings.hpp"
#include "lib/publish/sink_driver.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace walferry::publish {

// Sinks that publish to Kafka: idempotent, acks=all, no time limit for a record. What counts as
// confirmed is a delivery report without error and with an offset above all earlier ones of its
// partition. `name` is the configuration's, for the client id.
std::unique_ptr<sink_factory> make_kafka_factory(std::string name, config::kafka_settings kafka);

}  // namespace walferry::publish
