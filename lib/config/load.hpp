#pragma once

#include "lib/config/node.hpp"
#include "lib/config/references.hpp"
#include "lib/config/settings.hpp"

#include <map>
#include <string>
#include <vector>

namespace walferry::config {

// All that a configuration is made of. Later ones win: the file, then WALFERRY_* of the
// environment, then --set.
struct inputs {
    std::string file_name;  // for messages; empty: there is no file
    std::string file_text;
    std::vector<std::string> overrides;  // "a.b=value", as --set gives them
    reference_source references;         // the environment is in it
};

struct problem {
    std::string source;   // "walferry.yaml", "env WALFERRY_NAME", "--set"
    place at;             // in the file
    std::string message;  // "events.format: \"debezum\" is not a format; did you mean …"
};

// The settings, complete but for `name` and what is derived from it when only the server knows the
// database (see names.hpp), and what `config show` tells about them. By the name of a key, or of an
// entry of a map: `sink.kafka.bootstrap.servers`.
struct configuration {
    settings values;
    std::string file;                            // empty: there was none
    std::map<std::string, std::string> origins;  // "walferry.yaml:12:5"; absent: the default
    std::map<std::string, node> shown;           // with *** where a reference stood
};

// Everything that is wrong, not only the first. Pure: reads what it is given.
tl::expected<configuration, std::vector<problem>> load(const inputs& from);

// `walferry.yaml:12:5: message`, one line a problem; no more than 20, then how many more there are.
std::string describe(const std::vector<problem>& problems);

}  // namespace walferry::config
