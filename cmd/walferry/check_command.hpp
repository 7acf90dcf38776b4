#pragma once

#include "cmd/walferry/invocation.hpp"
#include "lib/audit/finding.hpp"

#include <functional>
#include <vector>

namespace walferry {

// Looks at the sink without writing anything: reachability and the settings of topics.
using sink_probe = std::function<std::vector<audit::finding>(const config::settings&)>;

// `walferry check`: looks before running and prints each finding with what mends it, or with --json
// as one object. Returns 0 only when run would start, else the exit code that run would leave with.
int check(const invocation& how, const sink_probe& sink = {});

}  // namespace walferry
