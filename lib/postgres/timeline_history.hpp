#pragma once

#include "lib/base/lsn.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace walferry::postgres {

// Where `timeline` ended, by the content of a timeline history file (one line a parent:
// `parentTLI <tab> switchLSN <tab> reason`); nothing when it is no ancestor. Pure.
std::optional<lsn> end_of_timeline(std::string_view history, std::uint32_t timeline);

}  // namespace walferry::postgres
