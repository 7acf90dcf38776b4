#pragma once

#include "lib/config/settings.hpp"

#include <string>
#include <vector>

namespace walferry::config {

// Keys whose values differ between two configurations.
struct changes {
    std::vector<std::string> reloadable;     // can be applied to a running process
    std::vector<std::string> needs_restart;  // a reload with one of these is refused as a whole
};

changes changes_between(const settings& before, const settings& after);

}  // namespace walferry::config
