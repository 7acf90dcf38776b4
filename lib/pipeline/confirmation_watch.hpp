#pragma once

#include "lib/base/lsn.hpp"
#include "lib/base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace walferry::pipeline {

// How long the broker has owed a confirmation. Two clocks: one stands still while anything is
// confirmed, the other while the oldest transaction that was read to its end moves on, because one
// partition may hang while the others answer. Pure.
class confirmation_watch {
public:
    struct sample {
        std::uint64_t records_out = 0;
        std::uint64_t confirmed = 0;  // ever
        lsn acknowledgeable;
        std::uint64_t oldest_pending = 0;  // records of the oldest transaction, once it is closed
    };

    void look(const sample& seen, instant now) {
        if (seen.records_out == 0 || seen.confirmed != last_.confirmed) {
            confirmed_at_ = now;
        }
        if (seen.oldest_pending == 0 || seen.oldest_pending != last_.oldest_pending ||
            seen.acknowledgeable != last_.acknowledgeable) {
            oldest_at_ = now;
        }
        last_ = seen;
    }

    // Nothing: it owes none.
    std::optional<instant::duration> owed(instant now) const {
        if (last_.records_out == 0) {
            return std::nullopt;
        }
        return now - std::min(confirmed_at_, oldest_at_);
    }

private:
    sample last_;
    instant confirmed_at_{};
    instant oldest_at_{};
};

}  // namespace walferry::pipeline
