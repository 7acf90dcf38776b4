#pragma once

#include "lib/publish/kafka_configuration.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace walferry::publish {

// What the producers of one process hand on to each other. Loop thread only.
struct producer_memory {
    struct topic {
        int partitions = 0;
        // The highest confirmed offset of each partition, -1 before the first. A lower one later
        // means that the topic was deleted and made again, or cut.
        std::vector<std::int64_t> last_offsets;
    };

    std::map<std::string, topic> topics;
    std::uint64_t batch_bytes = batch_limits{}.bytes;
    // So many records are still to be sent one a request, to find the one that is refused.
    std::uint64_t singles_left = 0;
};

}  // namespace walferry::publish
