#pragma once

#include "lib/audit/table_state.hpp"
#include "lib/base/lsn.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace walferry {

struct verified_table {
    std::string table;
    std::string topic;
    std::uint64_t records = 0;     // in the topic, tombstones too
    std::uint64_t duplicates = 0;  // delivered again
    std::uint64_t reordered = 0;   // first delivered behind a later one
    audit::table_difference found;

    bool agrees() const { return found.missing + found.extra + found.different + reordered == 0; }
};

struct verify_report {
    lsn at;
    std::uint64_t gaps = 0;  // accepted: records of the topic <name>.gap
    std::vector<verified_table> tables;

    bool agrees() const;
};

std::string as_text(const verify_report& report);

// One line.
std::string as_json(const verify_report& report);

}  // namespace walferry
