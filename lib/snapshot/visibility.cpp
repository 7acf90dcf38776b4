#include "lib/snapshot/visibility.hpp"

#include <algorithm>
#include <charconv>

namespace walferry::snapshot {
namespace {

// Takes a number and the character behind it away from `text`.
bool take_number(std::string_view& text, std::uint64_t& number) {
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc{}) {
        return false;
    }
    const auto used = static_cast<std::size_t>(read.ptr - text.data());
    text.remove_prefix(std::min(used + 1, text.size()));
    return true;
}

}  // namespace

std::optional<visibility> visibility::parse(std::string_view text) {
    visibility made;
    if (std::count(text.begin(), text.end(), ':') != 2 ||
        !take_number(text, made.oldest_running_) || !take_number(text, made.next_)) {
        return std::nullopt;
    }
    while (!text.empty()) {
        if (!take_number(text, made.running_.emplace_back())) {
            return std::nullopt;
        }
    }
    std::sort(made.running_.begin(), made.running_.end());
    return made;
}

// The stream tells the lower half of a transaction's number. It is near the snapshot's.
bool visibility::sees(pgoutput::transaction_id xid) const {
    const auto behind =
        static_cast<std::int32_t>(static_cast<pgoutput::transaction_id>(next_) - xid);
    const auto whole = next_ - static_cast<std::uint64_t>(static_cast<std::int64_t>(behind));
    if (whole >= next_) {
        return false;
    }
    return whole < oldest_running_ || !std::binary_search(running_.begin(), running_.end(), whole);
}

}  // namespace walferry::snapshot
