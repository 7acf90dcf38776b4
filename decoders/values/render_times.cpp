// Dates, times, intervals, snapshots.
#include "decoders/values/calendar.hpp"
#include "decoders/values/date_time.hpp"
#include "decoders/values/interval.hpp"
#include "decoders/values/render.hpp"

#include <limits>

namespace walferry::values::render {
namespace {

template <typename number>
extent extent_of(number value) {
    return value == std::numeric_limits<number>::max()   ? extent::infinity
           : value == std::numeric_limits<number>::min() ? extent::minus_infinity
                                                         : extent::finite;
}

bool is_time(std::int64_t microseconds) {
    return microseconds >= 0 && microseconds <= microseconds_a_day;
}

}  // namespace

bool date(text_buffer& out, byte_reader& in) {
    auto days = in.i32();
    append_date(out, {extent_of(days), days});
    return true;
}

bool time(text_buffer& out, byte_reader& in) {
    auto microseconds = in.i64();
    append_time(out, is_time(microseconds) ? microseconds : 0);
    return is_time(microseconds);
}

bool timetz(text_buffer& out, byte_reader& in) {
    auto microseconds = in.i64();
    auto seconds_west = in.i32();
    if (!is_time(microseconds) || seconds_west < -360'000 || seconds_west > 360'000) {
        return false;
    }
    append_zoned_time(out, {microseconds, -seconds_west});
    return true;
}

bool timestamp(text_buffer& out, byte_reader& in, bool zoned) {
    auto microseconds = in.i64();
    timestamp_value value{extent_of(microseconds), microseconds};
    zoned ? append_timestamp_utc(out, value) : append_timestamp(out, value);
    return true;
}

bool interval(text_buffer& out, byte_reader& in) {
    interval_value value;
    value.microseconds = in.i64();
    value.days = in.i32();
    value.months = in.i32();
    auto size = extent_of(value.microseconds);
    if (extent_of(value.days) == size && extent_of(value.months) == size) {
        value.size = size;
    }
    append_interval(out, value);
    return true;
}

bool snapshot(text_buffer& out, byte_reader& in) {
    auto count = in.u32();
    out.append_number(in.i64());
    out.append(':');
    out.append_number(in.i64());
    out.append(':');
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
        if (i != 0) {
            out.append(',');
        }
        out.append_number(in.i64());
    }
    return true;
}

}  // namespace walferry::values::render
