#pragma once

#include "lib/base/error.hpp"

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

namespace walferry::publish {

// How a record's failure is answered.
enum class record_fate {
    follows,  // purged because of another failure, which says more
    replay,   // time and a new producer may heal it
    refused,  // the broker will never take this record, or another one of its batch
};

record_fate fate_of(rd_kafka_resp_err_t code);

// `what` failed with `code`, as an error that says what to do.
error broker_error(rd_kafka_resp_err_t code, std::string_view what);

// The producer cannot go on (RD_KAFKA_RESP_ERR__FATAL); `code` and `reason` from
// rd_kafka_fatal_error().
error fatal_error(rd_kafka_resp_err_t code, std::string_view reason);

// `MSG_SIZE_TOO_LARGE (Broker: Message size too large)`
std::string describe(rd_kafka_resp_err_t code);

}  // namespace walferry::publish
