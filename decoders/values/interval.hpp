#pragma once

#include "decoders/values/date_time.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace walferry::values {

// PostgreSQL keeps the three apart, because months and days have no fixed length.
struct interval_value {
    extent size = extent::finite;  // infinite since PostgreSQL 17
    std::int32_t months = 0;
    std::int32_t days = 0;
    std::int64_t microseconds = 0;
};

// IntervalStyle postgres: `1 year 2 mons -3 days +04:05:06.7`. Nothing for any other text.
std::optional<interval_value> read_interval(std::string_view text);

void append_interval(text_buffer& out, const interval_value& value);

}  // namespace walferry::values
