#pragma once

#include "lib/base/position.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>

namespace walferry::audit {

// The records of one partition in their order: which were delivered before, and which came behind
// a later one without having been there. Remembers `window` positions; a record that is older than
// all of them counts as delivered before. Pure.
class delivery_order {
public:
    static constexpr std::size_t window = 1u << 18;

    void take(const position& at) {
        if (first_.empty() || at > first_.back()) {
            first_.push_back(at);
            if (first_.size() > window) {
                first_.pop_front();
            }
            times_of_last_ = 1;
            return;
        }
        // A change of the key is two records of one position.
        if (at == first_.back() && times_of_last_ == 1) {
            ++times_of_last_;
            return;
        }
        const bool known =
            at < first_.front() || std::binary_search(first_.begin(), first_.end(), at);
        ++(known ? duplicates_ : reordered_);
    }

    std::uint64_t duplicates() const { return duplicates_; }
    std::uint64_t reordered() const { return reordered_; }

private:
    std::deque<position> first_;  // positions of first deliveries: they grow
    int times_of_last_ = 0;
    std::uint64_t duplicates_ = 0;
    std::uint64_t reordered_ = 0;
};

}  // namespace walferry::audit
