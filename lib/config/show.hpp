#pragma once

#include "lib/config/load.hpp"

#include <string>

namespace walferry::config {

// What a configuration amounts to: every value, and where it comes from as a comment. Secrets are
// `***`: keys that are marked, values from references, passwords in connection strings, properties
// of librdkafka that are credentials. Sinks that are off are left out, so that it loads again.
std::string show_yaml(const configuration& loaded);

// {"file": …, "settings": {"source.slot": {"value": …, "origin": …}, …}}
std::string show_json(const configuration& loaded);

}  // namespace walferry::config
