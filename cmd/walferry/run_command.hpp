#pragma once

#include "cmd/walferry/invocation.hpp"

namespace walferry {

// `walferry run`: streams until told to stop. Returns the exit code.
int run(const invocation& how);

}  // namespace walferry
