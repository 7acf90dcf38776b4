#pragma once

#include "lib/config/node.hpp"

#include <nlohmann/json_fwd.hpp>

namespace walferry::config {

// Numbers and booleans where the node is a literal, else strings.
nlohmann::ordered_json json_of(const node& value);

}  // namespace walferry::config
