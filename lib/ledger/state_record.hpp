#pragma once

#include "lib/base/error.hpp"
#include "lib/base/time.hpp"
#include "lib/ledger/resume.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry {

// What walferry must remember, as one small JSON document. Every session writes under a key of its
// own, so that one that was paused and wakes up late cannot overwrite its successor's record: the
// highest position of all records counts. tests/model proves why each of these rules is needed.
struct state_record {
    std::uint64_t system = 0;
    std::uint32_t timeline = 0;
    std::string database;
    std::string slot;
    lsn acknowledged;
    std::uint64_t epoch = 0;  // counts the processes that streamed; one more than was seen at start
    unix_time written_at;
};

std::string to_json(const state_record& record);

// Errors: state_invalid, with what is wrong.
result<state_record> parse_state_record(std::string_view json);

struct remembered_state {
    std::optional<remembered_position> position;
    std::uint64_t epoch = 0;  // the highest that was seen
};

// What counts of all records of a slot: of those that name the same cluster as the newest epoch,
// the highest position. Errors: state_invalid.
result<remembered_state> remember(const std::vector<std::string>& documents, std::string_view slot);

}  // namespace walferry
