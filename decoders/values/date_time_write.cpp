#include "decoders/values/calendar.hpp"
#include "decoders/values/date_time.hpp"
#include "decoders/values/digits.hpp"

namespace walferry::values {
namespace {

struct split_time {
    std::int64_t days;
    std::int64_t microseconds;
};

split_time split(std::int64_t microseconds) {
    auto days = floor_divide(microseconds, microseconds_a_day);
    return {days, microseconds - days * microseconds_a_day};
}

bool append_infinity(text_buffer& out, extent size) {
    if (size == extent::finite) {
        return false;
    }
    out.append(size == extent::infinity ? "infinity" : "-infinity");
    return true;
}

// PostgreSQL prints the years before 1 as positive ones with BC behind the whole value.
bool append_civil(text_buffer& out, std::int64_t days_since_2000) {
    auto date = civil_from_days(days_since_2000 + days_1970_to_2000);
    bool before_christ = date.year <= 0;
    append_padded(out, static_cast<std::uint64_t>(before_christ ? 1 - date.year : date.year), 4);
    out.append('-');
    append_padded(out, static_cast<std::uint64_t>(date.month), 2);
    out.append('-');
    append_padded(out, static_cast<std::uint64_t>(date.day), 2);
    return before_christ;
}

void append_zone(text_buffer& out, std::int32_t seconds_east) {
    out.append(seconds_east < 0 ? '-' : '+');
    auto seconds = static_cast<std::uint64_t>(seconds_east < 0 ? -std::int64_t{seconds_east}
                                                               : std::int64_t{seconds_east});
    append_padded(out, seconds / 3600, 2);
    if (seconds % 3600 != 0) {
        out.append(':');
        append_padded(out, seconds / 60 % 60, 2);
    }
    if (seconds % 60 != 0) {
        out.append(':');
        append_padded(out, seconds % 60, 2);
    }
}

void append_timestamp_in(text_buffer& out, timestamp_value value, std::string_view zone) {
    if (append_infinity(out, value.size)) {
        return;
    }
    auto parts = split(value.microseconds);
    bool before_christ = append_civil(out, parts.days);
    out.append(' ');
    append_time(out, parts.microseconds);
    out.append(zone);
    if (before_christ) {
        out.append(" BC");
    }
}

}  // namespace

void append_padded(text_buffer& out, std::uint64_t value, int digits) {
    if (value < 100 && digits == 2) {
        write_pair(out.reserve(2), value);
        out.commit(2);
        return;
    }
    if (value < 10'000 && digits == 4) {
        write_pair(write_pair(out.reserve(4), value / 100), value % 100);
        out.commit(4);
        return;
    }
    auto missing = static_cast<std::uint64_t>(1);
    for (int i = 1; i < digits; ++i) {
        missing *= 10;
    }
    for (; missing > 1 && value < missing; missing /= 10) {
        out.append('0');
    }
    append_digits(out, value);
}

void append_fraction(text_buffer& out, std::int64_t microseconds) {
    if (microseconds == 0) {
        return;
    }
    int digits = 6;
    while (microseconds % 10 == 0) {
        microseconds /= 10;
        --digits;
    }
    out.append('.');
    append_padded(out, static_cast<std::uint64_t>(microseconds), digits);
}

void append_date(text_buffer& out, date_value value) {
    if (!append_infinity(out, value.size) && append_civil(out, value.days)) {
        out.append(" BC");
    }
}

void append_time(text_buffer& out, std::int64_t microseconds) {
    auto seconds = static_cast<std::uint64_t>(microseconds / 1'000'000);
    char* at = out.reserve(8);
    at = write_pair(at, seconds / 3600);
    *at++ = ':';
    at = write_pair(at, seconds / 60 % 60);
    *at++ = ':';
    write_pair(at, seconds % 60);
    out.commit(8);
    append_fraction(out, microseconds % 1'000'000);
}

void append_zoned_time(text_buffer& out, zoned_time_value value) {
    append_time(out, value.microseconds);
    append_zone(out, value.seconds_east);
}

void append_timestamp(text_buffer& out, timestamp_value value) {
    append_timestamp_in(out, value, {});
}

void append_timestamp_utc(text_buffer& out, timestamp_value value) {
    append_timestamp_in(out, value, "+00");
}

}  // namespace walferry::values
