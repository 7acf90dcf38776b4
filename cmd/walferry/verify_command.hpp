#pragma once

#include "cmd/walferry/invocation.hpp"

#include <string>
#include <vector>

namespace walferry {

// `walferry verify [TABLE...]`: takes a snapshot at one LSN, waits until walferry acknowledged it,
// rebuilds each table from its topic up to there, and compares row by row. Prints what it found.
// Returns 0 when topics and database agree, 1 when they do not, else the code of what went wrong.
int verify(const invocation& how, const std::vector<std::string>& tables);

}  // namespace walferry
