#pragma once

#include "lib/base/error.hpp"
#include "lib/base/position.hpp"
#include "lib/base/time.hpp"
#include "lib/snapshot/chunk.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::snapshot {

// A table that was asked for, and how far it is: what the broker confirmed.
struct table_progress {
    std::string table;  // schema.table, or a pattern that is still to be looked up
    std::string where;
    std::uint64_t rows = 0;  // that were published
    std::uint64_t rows_estimated = 0;
    std::vector<std::string> key;  // columns; empty: not begun
    std::optional<key_values> after;
    std::optional<key_values> until;
    unix_time asked_at;
    std::optional<unix_time> begun_at;
};

enum class table_outcome { done, stopped, failed };
std::string_view name_of(table_outcome outcome);

struct ended_table {
    std::string table;
    table_outcome outcome = table_outcome::done;
    std::uint64_t rows = 0;
    std::string why;  // of failed
    unix_time at;
};

// What must be remembered of incremental snapshots, as one JSON document in the state topic.
struct incremental_memory {
    std::uint64_t system = 0;
    std::uint32_t timeline = 0;
    std::string slot;
    position heard;  // of the newest request, on that timeline
    bool paused = false;
    std::deque<table_progress> tables;  // the first is being read
    std::deque<ended_table> ended;      // the newest last; some dozens are kept
    unix_time written_at;
};

// The key of its record, beside memory_key().
std::string incremental_key(const std::string& slot);

std::string to_json(const incremental_memory& what);

// Errors: state_invalid, with what is wrong.
result<incremental_memory> parse_incremental(std::string_view json);

}  // namespace walferry::snapshot
