#pragma once

#include "lib/observe/facts.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace walferry::observe {

// Who makes the others wait. none: everybody has caught up and waits for new rows.
enum class bottleneck { none, walsender, walferry, broker };
std::string_view name_of(bottleneck who);

// The last hour in steps of ten seconds, and the rates of the last seconds, computed from facts
// that are given to it. Bounded: 360 small samples and two copies of the tables' counters. Pure.
class history {
public:
    static constexpr std::size_t samples_max = 360;
    static constexpr std::int64_t step_us = 10'000'000;
    static constexpr std::int64_t rate_window_us = 10'000'000;

    // The worst of the step that ended at `at`.
    struct sample {
        unix_time at;
        double lag_seconds = 0;
        std::uint64_t lag_bytes = 0;
        double changes_per_second = 0;
        bool interrupted = false;  // reconnecting or stopped
    };

    // Call it about once a second; rates take no more than two points of a second.
    void add(const stream_facts& facts);

    const std::deque<sample>& samples() const { return samples_; }

    // Changes a second by table over the last ten seconds or so, in the order of the facts.
    std::vector<std::pair<std::string, double>> table_rates() const;
    double changes_per_second() const;
    double bytes_per_second() const;
    bottleneck bound_by() const;

private:
    struct point {
        unix_time at;
        std::vector<table_facts> tables;
        std::uint64_t changes = 0;
        std::uint64_t bytes = 0;
        std::uint64_t lag_bytes = 0;
        seconds wait_source{0};
        seconds work{0};
        seconds wait_sink{0};
    };

    static point point_of(const stream_facts& facts);
    void gather(const stream_facts& facts);
    double window() const;  // seconds between the oldest and the newest point, 0 without two

    std::deque<point> points_;  // of the rate window, oldest first
    std::deque<sample> samples_;
    sample worst_;  // since the last of samples_
};

}  // namespace walferry::observe
