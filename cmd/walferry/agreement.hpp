#pragma once

#include <optional>
#include <string>

namespace walferry {

// What cannot be undone is asked for: on a terminal by a question, elsewhere --yes is wanted.
// Nothing: go on; else the exit code.
std::optional<int> unless_agreed(bool yes, const std::string& consequence);

}  // namespace walferry
