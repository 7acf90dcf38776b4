#include "lib/config/keys.hpp"
#include "lib/config/make_field.hpp"

namespace walferry::config {

using namespace std::chrono_literals;

std::vector<key> sink_keys() {
    constexpr std::uint64_t gibibyte = 1u << 30;
    return {
        {.name = "sink.in_flight",
         .how = size(WALFERRY_AT(sink.kafka.in_flight_bytes_max), 65536, 4 * gibibyte),
         .text = "Bytes that wait for Kafka's confirmation before reading pauses.",
         .example = "64MiB"},
        {.name = "sink.stall_timeout",
         .how = time(WALFERRY_AT(sink.kafka.stall_timeout), 1s, 1h),
         .text = "Replay the stream when Kafka confirms nothing for so long.",
         .example = "2m"},
        {.name = "sink.kafka",
         .how = switched_properties(WALFERRY_AT(sink.kafka.properties),
                                    WALFERRY_AT(sink.kafka.enabled)),
         .text = "librdkafka's own properties, passed on word for word.",
         .example = "{bootstrap.servers: \"k1:9092,k2:9092\", compression.type: zstd}",
         .secret = secrecy::property_by_name},
        {.name = "sink.stdout",
         .how = toggle(WALFERRY_AT(sink.standard_output.enabled)),
         .text = "Write newline-delimited JSON to standard output; the default sink.",
         .example = "{}"},
        {.name = "sink.stdout.state_file",
         .how = text(WALFERRY_AT(sink.standard_output.state_file)),
         .text = "File that remembers the acknowledged position; none is kept without it.",
         .example = "/var/lib/walferry/shop.state",
         .default_text = "none"},
    };
}

}  // namespace walferry::config
