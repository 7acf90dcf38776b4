#pragma once

#include "cmd/walferry/invocation.hpp"
#include "lib/config/load.hpp"
#include "lib/config/settings.hpp"

#include <string>
#include <vector>

namespace walferry {

// Reads the configuration again, for SIGHUP, and writes what may change while running into
// `running`, the settings that everyone refers to, and into `loaded`. Returns the keys whose values
// are new. With an error nothing was changed: config_invalid, also when a key differs that needs a
// restart.
result<std::vector<std::string>> reload(const invocation& how, config::configuration& loaded,
                                        config::settings& running);

}  // namespace walferry
