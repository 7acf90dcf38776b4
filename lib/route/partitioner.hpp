#pragma once

#include <cstdint>
#include <string_view>

namespace walferry::route {

// The partition that Kafka's Java client and librdkafka's murmur2_random choose for these key
// bytes, so that other producers and co-partitioned readers agree. `partitions` is above 0.
std::int32_t partition_of(std::string_view key, std::int32_t partitions);

}  // namespace walferry::route
