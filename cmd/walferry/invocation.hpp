#pragma once

#include "lib/base/error.hpp"
#include "lib/config/load.hpp"

#include <optional>
#include <string>
#include <vector>

namespace walferry {

// What stands before and behind every command: where the configuration is and what overrides it.
struct invocation {
    std::optional<std::string> config_file;  // -c
    std::vector<std::string> overrides;      // --set a.b=value
    bool json = false;
    bool accept_gap = false;
};

// The configuration of this call. Errors: config_invalid, one line a problem.
result<config::configuration> configure(const invocation& how);

// An error as people read it on a terminal: what happened and, below, what mends it. To stderr.
// Returns the exit code.
int print_error(const error& what);

}  // namespace walferry
