#pragma once

#include "cmd/walferry/invocation.hpp"

namespace walferry {

struct check_options {
    bool fix = false;  // execute the cures that are safe
    bool yes = false;  // without asking
};

// `walferry check`: looks before running and prints each finding with what mends it, or with --json
// as one object. With `fix` it shows the statements that only add, asks, executes them and looks
// again. Returns 0 only when run would start, else the exit code that run would leave with.
int check(const invocation& how, const check_options& options);

}  // namespace walferry
