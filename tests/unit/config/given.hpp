#pragma once

#include "lib/config/load.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace walferry::config::test {

using variables = std::map<std::string, std::string>;

// A configuration from texts alone. Files of references are looked up among the variables, by path.
inline inputs given(std::string file, variables environment = {},
                    std::vector<std::string> overrides = {}) {
    inputs from;
    from.file_name = file.empty() ? "" : "walferry.yaml";
    from.file_text = std::move(file);
    from.overrides = std::move(overrides);
    from.references.environment = environment;
    from.references.read_file =
        [environment](const std::string& path) -> tl::expected<std::string, std::string> {
        const auto found = environment.find(path);
        if (found == environment.end()) {
            return tl::unexpected("cannot read " + path + ": No such file or directory");
        }
        return found->second;
    };
    return from;
}

inline configuration loaded(std::string file, variables environment = {},
                            std::vector<std::string> overrides = {}) {
    auto read = load(given(std::move(file), std::move(environment), std::move(overrides)));
    return read ? *read : throw std::runtime_error(describe(read.error()));
}

// What is wrong, one line a problem; empty when nothing is.
inline std::string faults_of(std::string file, variables environment = {},
                             std::vector<std::string> overrides = {}) {
    const auto read = load(given(std::move(file), std::move(environment), std::move(overrides)));
    return read ? "" : describe(read.error());
}

}  // namespace walferry::config::test
