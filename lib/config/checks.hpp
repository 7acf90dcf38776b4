#pragma once

#include "lib/config/settings.hpp"

#include <string>
#include <vector>

namespace walferry::config {

struct complaint {
    std::string key;  // "http.listen"
    std::string message;
};

// What is wrong with values that are each valid alone, or that have a form of their own.
// `testing` allows what only tests may do (see refusal_of()).
std::vector<complaint> check(const settings& all, bool testing);

}  // namespace walferry::config
