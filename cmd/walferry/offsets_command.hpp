#pragma once

#include "cmd/walferry/invocation.hpp"

#include <string>

namespace walferry {

// `walferry offsets --lsn LSN`: for each partition of the tables' topics the offset of the first
// record of a transaction whose commit lies at or behind the LSN, or the end where there is none
// yet: a reader that starts there misses nothing after the LSN. Reads each partition from its
// beginning up to that record. Returns the exit code.
int offsets(const invocation& how, const std::string& lsn);

}  // namespace walferry
