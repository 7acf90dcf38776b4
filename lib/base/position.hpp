#pragma once

#include "lib/base/lsn.hpp"

#include <compare>
#include <cstdint>
#include <string>

namespace walferry {

// Identifies one change for ever: the LSN of its transaction's commit record (Begin.final_lsn of
// the protocol) and its ordinal among all changes that PostgreSQL sent in that transaction, from 1.
// Unique, ordered like the stream, the same on every delivery. A logical message that does not
// belong to a transaction has its own LSN and the ordinal 0.
struct position {
    lsn commit;
    std::uint64_t sequence = 0;

    auto operator<=>(const position&) const = default;
};

// `0/16B3748:12`
std::string to_string(const position& at);

}  // namespace walferry
