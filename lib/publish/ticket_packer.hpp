#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace walferry::publish {

// Puts a ticket and a sequence into the one word that travels with a message, and back. Works for
// tickets within 2^31 of the last one packed; sequences stop at 2^32 - 1.
class ticket_packer {
public:
    std::uint64_t pack(std::uint64_t ticket, std::uint64_t sequence) {
        constexpr std::uint64_t highest = std::numeric_limits<std::uint32_t>::max();
        newest_ = ticket;
        return (ticket << 32) | std::min(sequence, highest);
    }

    std::uint64_t ticket_of(std::uint64_t packed) const {
        const auto low = static_cast<std::uint32_t>(packed >> 32);
        const auto behind = static_cast<std::int32_t>(low - static_cast<std::uint32_t>(newest_));
        return newest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(behind));
    }

    static std::uint32_t sequence_of(std::uint64_t packed) {
        return static_cast<std::uint32_t>(packed);
    }

private:
    std::uint64_t newest_ = 0;
};

}  // namespace walferry::publish
