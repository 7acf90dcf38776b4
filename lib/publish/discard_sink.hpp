#pragma once

#include "lib/publish/sink_driver.hpp"

#include <memory>

namespace walferry::publish {

// Sinks that take every record and keep none: what is left is the cost of everything before.
std::unique_ptr<sink_factory> make_discard_factory();

}  // namespace walferry::publish
