#pragma once

#include "lib/base/text_buffer.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

// date, time, timetz, timestamp, timestamptz in PostgreSQL's ISO text form, and back into it.
// The readers return nothing when the text is not of that form.
namespace walferry::values {

enum class extent : std::uint8_t { finite, infinity, minus_infinity };

struct date_value {
    extent size = extent::finite;
    std::int32_t days = 0;  // since 2000-01-01
};

struct timestamp_value {
    extent size = extent::finite;
    std::int64_t microseconds = 0;  // since 2000-01-01; of timestamptz in UTC
};

struct zoned_time_value {
    std::int64_t microseconds = 0;  // local, 0 to 24:00:00
    std::int32_t seconds_east = 0;
};

std::optional<date_value> read_date(std::string_view text);
std::optional<std::int64_t> read_time(std::string_view text);  // microseconds, 0 to 24:00:00
std::optional<zoned_time_value> read_zoned_time(std::string_view text);
std::optional<timestamp_value> read_timestamp(std::string_view text);  // with or without zone

void append_date(text_buffer& out, date_value value);
void append_time(text_buffer& out, std::int64_t microseconds);
void append_zoned_time(text_buffer& out, zoned_time_value value);
void append_timestamp(text_buffer& out, timestamp_value value);
void append_timestamp_utc(text_buffer& out, timestamp_value value);  // with +00

// Two or four digits and more, zero-padded; for every writer of calendar texts.
void append_padded(text_buffer& out, std::uint64_t value, int digits);

// `.789`: up to six digits without trailing zeros, nothing for zero.
void append_fraction(text_buffer& out, std::int64_t microseconds);

}  // namespace walferry::values
