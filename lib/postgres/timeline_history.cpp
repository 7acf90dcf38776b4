#include "lib/postgres/timeline_history.hpp"

#include <algorithm>
#include <charconv>

namespace walferry::postgres {

std::vector<timeline_end> parse_timeline_history(std::string_view text) {
    std::vector<timeline_end> ancestors;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
        std::uint32_t parent = 0;
        const auto [rest, failure] =
            std::from_chars(line.data(), line.data() + line.size(), parent);
        if (failure != std::errc{}) {
            continue;
        }
        auto position = line.substr(static_cast<std::size_t>(rest - line.data()));
        position.remove_prefix(std::min(position.find_first_not_of(" \t"), position.size()));
        if (const auto at = parse_lsn(position.substr(0, position.find_first_of(" \t")))) {
            ancestors.push_back({parent, *at});
        }
    }
    return ancestors;
}

}  // namespace walferry::postgres
