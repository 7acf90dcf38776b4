#pragma once

#include "lib/base/error.hpp"
#include "lib/config/load.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace walferry::config {

// Loads the configuration of this process: the only part of the module that touches files and the
// environment. `file` is what -c names; without it $WALFERRY_CONFIG, ./walferry.yaml and
// /etc/walferry/walferry.yaml are looked for, and it is no error when there is none of the latter
// two. The error is of the kind config_invalid and has one line for each problem.
// Calling it again reads everything again: changed files, rotated secrets.
result<configuration> read_configuration(const std::optional<std::string>& file,
                                         const std::vector<std::string>& overrides);

// The environment of this process.
std::map<std::string, std::string> process_environment();

// A whole file, or why it cannot be read: "cannot read /path: No such file or directory".
tl::expected<std::string, std::string> read_whole_file(const std::string& path);

}  // namespace walferry::config
