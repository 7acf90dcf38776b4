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
    lsn published;                 // as in timeline_position
    lsn publication_at;            // up to here the publication was what is remembered of it
    std::uint64_t epoch = 0;       // counts the processes that streamed; one more than was seen
    std::uint64_t generation = 0;  // counts the gaps that were accepted; earlier ones are void
    unix_time written_at;
};

std::string to_json(const state_record& record);

// Errors: state_invalid, with what is wrong.
result<state_record> parse_state_record(std::string_view json);

// What the publication said, beside the positions because it is larger and hardly ever changes.
struct publication_record {
    std::string slot;
    std::string definition;
    lsn acknowledged;  // when it was written
    std::uint64_t epoch = 0;
    unix_time written_at;
};

std::string to_json(const publication_record& record);

struct remembered_state {
    std::optional<remembered_position> position;
    std::uint64_t epoch = 0;  // the highest that was seen
    std::string definition;   // of the publication, as it was last written; empty: not known
    lsn publication_at;
};

// What counts of all records of a slot: those of the last generation and of the cluster that the
// newest epoch names, and of these the highest position on each timeline.
remembered_state merge(std::vector<state_record> records);

// The same for what the topic holds, records of other slots left out. Errors: state_invalid.
result<remembered_state> remember(const std::vector<std::string>& documents, std::string_view slot);

}  // namespace walferry
