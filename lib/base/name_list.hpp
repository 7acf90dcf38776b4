#pragma once

#include <string>
#include <vector>

namespace walferry {

// How many names a message shows; more only make it longer.
inline constexpr std::size_t names_shown_max = 10;

// `a, b, c and 4 more`
std::string name_list(const std::vector<std::string>& names);

}  // namespace walferry
