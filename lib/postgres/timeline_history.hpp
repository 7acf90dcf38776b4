#pragma once

#include "lib/base/timeline.hpp"

#include <string_view>
#include <vector>

namespace walferry::postgres {

// The ancestors of a timeline, by the content of its history file (one line a parent:
// `parentTLI <tab> switchLSN <tab> reason`). Lines that are none are passed over. Pure.
std::vector<timeline_end> parse_timeline_history(std::string_view text);

}  // namespace walferry::postgres
