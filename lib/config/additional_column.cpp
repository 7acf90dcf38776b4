#include "lib/config/additional_column.hpp"

namespace walferry::config {

std::optional<additional_column> read_additional(std::string_view text) {
    const std::size_t first = text.find(':');
    if (first == std::string_view::npos || first == 0) {
        return std::nullopt;
    }
    const std::size_t second = text.find(':', first + 1);
    const std::string_view place = text.substr(first + 1, second - first - 1);
    additional_column read;
    read.column = text.substr(0, first);
    read.name = second == std::string_view::npos ? read.column : text.substr(second + 1);
    read.in_envelope = place == "envelope";
    if ((place != "header" && place != "envelope") || read.name.empty()) {
        return std::nullopt;
    }
    return read;
}

}  // namespace walferry::config
