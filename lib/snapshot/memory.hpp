#pragma once

#include "lib/base/error.hpp"
#include "lib/base/lsn.hpp"
#include "lib/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::snapshot {

// What must be remembered of the initial snapshot, as one small JSON document in the state topic.
// A table counts as done only when the broker confirmed its last row.
struct memory {
    std::uint64_t system = 0;
    std::uint32_t timeline = 0;
    std::string database;
    std::string slot;
    lsn from;                   // where the stream meets the snapshot: the slot's first position
    std::uint32_t attempt = 0;  // counts the starts that read rows
    bool finished = false;
    std::vector<std::string> done;  // schema.table
    unix_time written_at;
};

// The key of its record. Slot names have no colon: keys of positions begin otherwise.
std::string memory_key(const std::string& slot);

std::string to_json(const memory& what);

// Errors: state_invalid, with what is wrong.
result<memory> parse_memory(std::string_view json);

}  // namespace walferry::snapshot
