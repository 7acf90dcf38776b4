#pragma once

#include "lib/base/record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

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
    // Nobody waits for it yet: those that somebody waits for go before it, and that it cannot be
    // opened is told when it is asked for in earnest.
    bool ahead = false;
};

struct opened_topic {
    std::string name;
    topic_id id = 0;
    // As the broker had it when this process opened the topic first, and kept for the life of the
    // process, so that a key stays in its partition when somebody adds partitions.
    int partitions = 0;
    std::int64_t record_bytes_max = 0;  // max.message.bytes of the topic; 0: not known
    bool compacted = false;             // the topic refuses records without a key
};

// `count` records of one ticket were confirmed with valid offsets.
struct delivery {
    std::uint64_t ticket = 0;
    std::uint32_t count = 1;
};

// The record behind a failure of kind poison_record, so that the engine can name and divert it.
struct refused_record {
    std::uint64_t ticket = 0;
    std::uint64_t sequence = 0;  // as it was given, at most 2^32 - 1
    std::string topic;
    std::int32_t partition = 0;
    std::uint64_t bytes = 0;  // key and value
    bool tombstone = false;
    bool too_large = false;          // that is why
    std::optional<std::string> key;  // at most its first 1024 bytes
};

// Where a record goes. The engine writes into it while it decodes; everything else about publishing
// (connecting, confirmations, topics) comes to the engine as calls by the loop.
class sink {
public:
    sink() = default;
    sink(const sink&) = delete;
    sink& operator=(const sink&) = delete;
    virtual ~sink() = default;

    // Takes a copy of the record. `partition` is below the topic's partition count. Tickets that
    // are out together lie within 2^31 of each other. Never blocks. A record that cannot be taken
    // at all comes back as a failure of the sink; a failed sink drops whatever it is given.
    virtual void produce(topic_id topic, std::int32_t partition, const record& what,
                         std::uint64_t ticket) = 0;

    // False when the byte budget is used up: the caller stops reading until it is true again.
    // A caller in the middle of a row may still produce.
    virtual bool has_room() const = 0;
};

}  // namespace walferry::publish
