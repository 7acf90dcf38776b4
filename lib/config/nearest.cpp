#include "lib/config/nearest.hpp"

#include "lib/config/lower.hpp"

#include <algorithm>
#include <vector>

namespace walferry::config {
std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before(right.size() + 1);
    std::vector<std::size_t> above(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) {
        above[j] = j;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            row[j] = swapped ? std::min(row[j], before[j - 2] + 1) : row[j];
        }
        before.swap(above);
        above.swap(row);
    }
    return above[right.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string small = lower(word);
    // At most a third may be wrong, and something must be right.
    std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
    std::string_view found;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = edit_distance(small, lower(candidate));
        if (distance < best && (distance == 0 || distance < word.size())) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string_view found = nearest(word, candidates);
    return found.empty() ? "" : "; did you mean \"" + std::string{found} + "\"?";
}

}  // namespace walferry::config
