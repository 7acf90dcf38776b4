#pragma once

#include <cstdint>

namespace walferry::values {

// The proleptic Gregorian calendar that PostgreSQL counts in; year 0 is 1 BC.
struct civil_date {
    std::int64_t year = 1970;
    int month = 1;
    int day = 1;
};

std::int64_t days_since_1970(const civil_date& date);
civil_date civil_from_days(std::int64_t days_since_1970);

inline constexpr std::int64_t microseconds_a_day = 86'400'000'000;
inline constexpr std::int64_t days_1970_to_2000 = 10'957;

// Rounds towards minus infinity.
inline constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    std::int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

}  // namespace walferry::values
