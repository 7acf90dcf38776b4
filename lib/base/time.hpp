#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace walferry {

// Monotonic time for timers. Pure parts get it as an argument and never read a clock.
using instant = std::chrono::steady_clock::time_point;

// Microseconds since 1970-01-01 UTC.
struct unix_time {
    std::int64_t microseconds = 0;
};

// What a pure part is told about the time of a call.
struct moment {
    instant steady;
    unix_time wall;
};

// PostgreSQL counts from 2000-01-01 UTC.
inline constexpr std::int64_t postgres_epoch_us = 946'684'800'000'000;

// A time behind the end of the range, which only a broken sender has, becomes its end.
inline constexpr unix_time from_postgres_time(std::int64_t microseconds_since_2000) {
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    return {microseconds_since_2000 > last - postgres_epoch_us
                ? last
                : microseconds_since_2000 + postgres_epoch_us};
}

}  // namespace walferry
