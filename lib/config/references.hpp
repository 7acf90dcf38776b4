#pragma once

#include "lib/config/node.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <map>
#include <string>

namespace walferry::config {

// Where `${env:NAME}`, `${file:/path}` and `${cred:NAME}` come from.
struct reference_source {
    std::map<std::string, std::string> environment;
    std::function<tl::expected<std::string, std::string>(const std::string& path)> read_file;
};

// Replaces the references in all scalars of `value`, and gives the same value with `***` in their
// places: what may be shown. Says which reference cannot be resolved. `changed` tells whether there
// was one.
struct resolved {
    node value;
    node shown;
    bool changed = false;
};

resolved resolve_references(const node& value, const reference_source& from, faults& wrong);

}  // namespace walferry::config
