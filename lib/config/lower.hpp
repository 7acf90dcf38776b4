#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace walferry::config {

// ASCII letters only, as in the C locale.
inline std::string lower(std::string_view text) {
    std::string small{text};
    std::transform(small.begin(), small.end(), small.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return small;
}

}  // namespace walferry::config
