#pragma once

#include <cstdint>
#include <limits>

namespace walferry::publish {

// Puts a ticket and the record's ordinal within it into the one word that travels with a message,
// and back. Works for tickets within 2^31 of the last one packed; ordinals stop counting at 2^32
// - 1.
class ticket_packer {
public:
    std::uint64_t pack(std::uint64_t ticket) {
        if (ticket != newest_ || ordinal_ == 0) {
            newest_ = ticket;
            ordinal_ = 0;
        }
        if (ordinal_ != std::numeric_limits<std::uint32_t>::max()) {
            ++ordinal_;
        }
        return (ticket << 32) | ordinal_;
    }

    std::uint64_t ticket_of(std::uint64_t packed) const {
        const auto low = static_cast<std::uint32_t>(packed >> 32);
        const auto behind = static_cast<std::int32_t>(low - static_cast<std::uint32_t>(newest_));
        return newest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(behind));
    }

    static std::uint32_t ordinal_of(std::uint64_t packed) {
        return static_cast<std::uint32_t>(packed);
    }

private:
    std::uint64_t newest_ = 0;
    std::uint32_t ordinal_ = 0;
};

}  // namespace walferry::publish
