#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/base/error.hpp"
#include "lib/base/record.hpp"

namespace walferry::publish {

// Names a topic that was opened; dense from 0 for the life of one sink, so it serves as an index.
using topic_id = std::uint32_t;

// What the broker must have before the first record of a topic leaves.
struct topic_request {
    std::string name;
    bool create = true;
    int partitions = 1;
    int replication_factor = -1;  // -1: the broker's default
    std::map<std::string, std::string> config;
};

struct opened_topic {
    std::string name;
    topic_id id = 0;
    int partitions = 0;  // as the broker has it; more or fewer than asked for is the caller's business
    std::int64_t record_bytes_max = 0;  // max.message.bytes of the topic; 0: not known
};

// `count` records of one ticket were confirmed with valid offsets, or `failure` happened to one.
struct delivery {
    std::uint64_t ticket = 0;
    std::uint32_t count = 1;
};

// Where a record goes. The engine writes into it while it decodes; everything else about publishing
// (connecting, confirmations, topics) comes to the engine as calls by the loop.
class sink {
public:
    sink() = default;
    sink(const sink&) = delete;
    sink& operator=(const sink&) = delete;
    virtual ~sink() = default;

    // Takes a copy of the record. `partition` is below the topic's partition count.
    // Never blocks. A record that cannot be taken at all comes back as a failure of the sink.
    virtual void produce(topic_id topic, std::int32_t partition, const record& what,
                         std::uint64_t ticket) = 0;

    // False when the byte budget is used up: the caller stops reading until it is true again.
    // A caller in the middle of a row may still produce.
    virtual bool has_room() const = 0;
};

}  // namespace walferry::publish
