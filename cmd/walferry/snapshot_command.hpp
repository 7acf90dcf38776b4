#pragma once

#include "cmd/walferry/invocation.hpp"

#include <string>
#include <vector>

namespace walferry {

struct snapshot_options {
    std::vector<std::string> tables;
    std::string where;
    bool status = false;
    bool follow = false;
    bool pause = false;
    bool resume = false;
    bool stop = false;
};

// Asks a running walferry for incremental snapshots by a logical message in its database, or tells
// how they are by what the state topic holds. Returns the exit code.
int ask_for_snapshots(const invocation& how, const snapshot_options& options);

}  // namespace walferry
