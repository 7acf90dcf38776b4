#include "lib/snapshot/rows_out.hpp"

#include <algorithm>
#include <functional>

namespace walferry::snapshot {

std::size_t rows_out::content_of(std::string_view line) {
    return std::hash<std::string_view>{}(line);
}

const rows_out::row& rows_out::add(std::uint64_t ticket, const position& at, std::size_t content) {
    const bool another = !rows_.empty() && rows_.back().ticket == ticket;
    const auto ordinal = another ? rows_.back().ordinal + 1 : 1;
    return rows_.emplace_back(row{ticket, ordinal, at, content});
}

const rows_out::row* rows_out::find(std::uint64_t ticket, std::uint64_t ordinal) const {
    const auto first =
        std::lower_bound(rows_.begin(), rows_.end(), ticket,
                         [](const row& one, std::uint64_t wanted) { return one.ticket < wanted; });
    const auto found = std::find_if(first, rows_.end(), [&](const row& one) {
        return one.ticket != ticket || one.ordinal == ordinal;
    });
    return found == rows_.end() || found->ticket != ticket ? nullptr : &*found;
}

void rows_out::confirmed_below(std::uint64_t ticket) {
    while (!rows_.empty() && rows_.front().ticket < ticket) {
        rows_.pop_front();
    }
}

}  // namespace walferry::snapshot
