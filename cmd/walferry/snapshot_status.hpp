#pragma once

#include "lib/config/settings.hpp"

namespace walferry {

// Prints how incremental snapshots are, as the state topic holds it: the durable truth, readable
// wherever Kafka is, whether or not walferry runs or serves HTTP there. With `follow` again and
// again until nothing is left to do. Returns the exit code.
int show_snapshots(config::settings settings, bool as_json, bool follow);

}  // namespace walferry
