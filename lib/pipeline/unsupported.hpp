#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"

#include <optional>

namespace walferry::pipeline {

// A key that the configuration knows and this version cannot keep its promise of, if one is set:
// going on without it would leave out or falsify events in silence. Pure.
std::optional<error> unsupported(const config::settings& settings);

}  // namespace walferry::pipeline
