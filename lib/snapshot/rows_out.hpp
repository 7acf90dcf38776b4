#pragma once

#include "lib/base/position.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace walferry::snapshot {

// The rows of a snapshot that are with the sink. A new reading gives a row another position: what
// it holds tells that it is the same one. Pure.
class rows_out {
public:
    struct row {
        std::uint64_t ticket = 0;
        std::uint64_t ordinal = 0;  // among those of its ticket, from 1
        position at;
        std::size_t content = 0;
    };

    // The line that COPY gave for it, as a number.
    static std::size_t content_of(std::string_view line);

    const row& add(std::uint64_t ticket, const position& at, std::size_t content);

    // Null: none, or confirmed.
    const row* find(std::uint64_t ticket, std::uint64_t ordinal) const;

    void confirmed_below(std::uint64_t ticket);
    void clear() { rows_.clear(); }
    std::size_t size() const { return rows_.size(); }

private:
    std::deque<row> rows_;
};

}  // namespace walferry::snapshot
