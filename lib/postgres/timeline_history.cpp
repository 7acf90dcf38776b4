#include "lib/postgres/timeline_history.hpp"

#include <algorithm>
#include <charconv>

namespace walferry::postgres {

std::optional<lsn> end_of_timeline(std::string_view history, std::uint32_t timeline) {
    while (!history.empty()) {
        const auto line = history.substr(0, history.find('\n'));
        history.remove_prefix(line.size() == history.size() ? line.size() : line.size() + 1);
        std::uint32_t parent = 0;
        const auto [rest, failure] =
            std::from_chars(line.data(), line.data() + line.size(), parent);
        if (failure != std::errc{} || parent != timeline) {
            continue;
        }
        auto position = line.substr(static_cast<std::size_t>(rest - line.data()));
        position.remove_prefix(std::min(position.find_first_not_of(" \t"), position.size()));
        return parse_lsn(position.substr(0, position.find_first_of(" \t")));
    }
    return std::nullopt;
}

}  // namespace walferry::postgres
