#pragma once

#include "lib/base/assert.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace walferry::observe {

// Counts of values by fixed upper bounds, as Prometheus wants them. A plain value: copying it is a
// memcpy. Loop thread only; add() is for once per transaction, not per row.
class histogram {
public:
    static constexpr std::size_t bounds_max = 16;

    // Bounds ascend; what is above the last one counts as +Inf.
    histogram(std::initializer_list<double> bounds) {
        WALFERRY_ASSERT(bounds.size() <= bounds_max);
        for (double bound : bounds) {
            WALFERRY_ASSERT(size_ == 0 || bounds_[size_ - 1] < bound);
            bounds_[size_++] = bound;
        }
    }

    void add(double value) {
        std::size_t i = 0;
        while (i < size_ && bounds_[i] < value) {
            ++i;
        }
        ++counts_[i];
        ++total_;
        sum_ += value;
    }

    std::size_t size() const { return size_; }
    double bound(std::size_t i) const { return bounds_[i]; }
    std::uint64_t count(std::size_t i) const {
        return counts_[i];
    }  // of this bucket; size() is +Inf
    std::uint64_t total() const { return total_; }
    double sum() const { return sum_; }

private:
    std::array<double, bounds_max> bounds_{};
    std::array<std::uint64_t, bounds_max + 1> counts_{};
    std::size_t size_ = 0;
    std::uint64_t total_ = 0;
    double sum_ = 0;
};

// A millisecond to two minutes: a transaction's way through us, half a decade a step.
inline histogram latency_histogram() {
    return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120};
}

// One to ten million, for events or kilobytes of a transaction.
inline histogram size_histogram() {
    return {1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6, 1e7};
}

}  // namespace walferry::observe
