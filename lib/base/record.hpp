#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace walferry {

struct header {
    std::string_view name;
    std::optional<std::string_view> value;
};

// What is published for a change: bytes only. Views live until the call that gets the record
// returns. No key means a null key; no value means a tombstone; an empty one is an empty one.
struct record {
    std::optional<std::string_view> key;
    std::optional<std::string_view> value;
    std::span<const header> headers;
    std::int64_t timestamp_ms = 0;  // Unix time, becomes Kafka's CreateTime
    std::uint64_t sequence = 0;     // of its change; tells which record was refused
};

}  // namespace walferry
