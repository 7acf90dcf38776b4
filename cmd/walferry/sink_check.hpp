#pragma once

#include "lib/audit/finding.hpp"
#include "lib/config/settings.hpp"
#include "lib/route/unfit_tables.hpp"

#include <vector>

namespace walferry {

// `check`'s look at the sink: whether brokers answer, and whether the topics of these tables and
// those that walferry makes for itself fit or can be made. Writes nothing. Blocks for
// connect_timeout and some seconds at most.
std::vector<audit::finding> check_sink(const config::settings& settings,
                                       const std::vector<route::planned_topic>& topics);

}  // namespace walferry
