#include "lib/base/name_list.hpp"

namespace walferry {

std::string name_list(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < names_shown_max; ++i) {
        out += (i == 0 ? "" : ", ") + names[i];
    }
    if (names.size() > names_shown_max) {
        out += " and " + std::to_string(names.size() - names_shown_max) + " more";
    }
    return out;
}

}  // namespace walferry
