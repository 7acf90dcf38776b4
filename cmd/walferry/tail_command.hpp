#pragma once

#include "cmd/walferry/invocation.hpp"

#include <string>
#include <vector>

namespace walferry {

// `walferry tail [TABLE…]`: prints live changes for people until a signal, from a temporary slot
// that leaves nothing behind. `tables` are patterns of table names; empty: all that are published.
// Returns the exit code.
int tail(const invocation& how, const std::vector<std::string>& tables);

}  // namespace walferry
