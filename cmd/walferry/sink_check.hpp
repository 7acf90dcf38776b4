#pragma once

#include "lib/audit/finding.hpp"
#include "lib/config/settings.hpp"

#include <vector>

namespace walferry {

// `check`'s look at the sink: whether brokers answer and whether the topics that walferry makes by
// itself fit. Writes nothing. Blocks for connect_timeout at most.
std::vector<audit::finding> check_sink(const config::settings& settings);

}  // namespace walferry
