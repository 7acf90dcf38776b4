#pragma once

#include "lib/base/time.hpp"
#include "lib/observe/facts.hpp"

#include <string>

namespace walferry::observe {

// How far a snapshot is, for a terminal of 80 columns; empty when none is being read. Pure.
std::string progress_line(const snapshot_facts& snapshot, unix_time now);

}  // namespace walferry::observe
