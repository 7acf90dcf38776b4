// Values in binary form. Integers and times go straight to their numbers; all else through the
// text.
#include "decoders/values/calendar.hpp"
#include "lib/base/time.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/value_plan.hpp"

#include <limits>

namespace walferry::encode {
namespace {

using values::extent;

// What Debezium publishes for the infinities of a timestamp, in microseconds since 1970.
constexpr std::int64_t timestamp_infinity = 9'223'372'036'825'200'000;
constexpr std::int64_t timestamp_minus_infinity = -9'223'372'036'832'400'000;

bool append_timestamp_infinity(text_buffer& out, bool plus, time_unit unit) {
    using limits = std::numeric_limits<std::int64_t>;
    if (unit == time_unit::nanoseconds) {
        out.append_number(plus ? limits::max() : limits::min());
        return true;
    }
    return append_time_number(out, plus ? timestamp_infinity : timestamp_minus_infinity, unit);
}

template <typename number>
extent extent_of(std::int64_t value) {
    using limits = std::numeric_limits<number>;
    return value == limits::max()   ? extent::infinity
           : value == limits::min() ? extent::minus_infinity
                                    : extent::finite;
}

// PostgreSQL stores none before 4714-11-24 BC or after 294276 (microseconds since 2000-01-01); the
// text of one would not be read as the same.
constexpr std::int64_t first_timestamp = -211'813'488'000'000'000;
constexpr std::int64_t end_of_timestamps = 9'223'371'331'200'000'000;

bool is_stored(values::timestamp_value value) {
    return value.size != extent::finite ||
           (value.microseconds >= first_timestamp && value.microseconds < end_of_timestamps);
}

bool append_directly(const value_plan& plan, std::int64_t value, text_buffer& out) {
    if (plan.write == writers::number) {
        out.append_number(value);
        return true;
    }
    if (plan.write == writers::date_number) {
        auto size = extent_of<std::int32_t>(value);
        return append_date_number(out, {size, static_cast<std::int32_t>(value)});
    }
    if (plan.write == writers::time_number) {
        return append_time_number(out, value, plan.unit);
    }
    const values::timestamp_value at{extent_of<std::int64_t>(value), value};
    return plan.write == writers::timestamp_number && is_stored(at) &&
           append_timestamp_number(out, at, plan.unit);
}

}  // namespace

bool append_date_number(text_buffer& out, values::date_value value) {
    using limits = std::numeric_limits<std::int32_t>;
    if (value.size != extent::finite) {
        out.append_number(value.size == extent::infinity ? limits::max() : limits::min());
        return true;
    }
    out.append_number(value.days + values::days_1970_to_2000);
    return true;
}

bool append_time_number(text_buffer& out, std::int64_t microseconds, time_unit unit) {
    if (unit == time_unit::milliseconds) {
        microseconds = values::floor_divide(microseconds, 1000);
    } else if (unit == time_unit::nanoseconds &&
               __builtin_mul_overflow(microseconds, 1000, &microseconds)) {
        return false;
    }
    out.append_number(microseconds);
    return true;
}

bool append_timestamp_number(text_buffer& out, values::timestamp_value value, time_unit unit) {
    if (value.size != extent::finite) {
        return append_timestamp_infinity(out, value.size == extent::infinity, unit);
    }
    std::int64_t microseconds = 0;
    if (!__builtin_add_overflow(value.microseconds, postgres_epoch_us, &microseconds)) {
        return append_time_number(out, microseconds, unit);
    }
    if (unit != time_unit::milliseconds) {
        return false;
    }
    out.append_number(values::floor_divide(value.microseconds, 1000) + postgres_epoch_us / 1000);
    return true;
}

void append_binary(const value_plan& plan, std::string_view bytes, text_buffer& out,
                   workspace& space) {
    if (auto value = values::read_integer(plan.layout.what, bytes)) {
        auto start = out.size();
        if (append_directly(plan, *value, out)) {
            return;
        }
        out.truncate(start);
    }
    space.binary.clear();
    if (space.types == nullptr ||
        !values::append_text(space.binary, plan.layout, bytes, *space.types)) {
        space.binary.append("\\x");
        append_hex(space.binary, bytes);
    }
    append_value(plan, space.binary.view(), out, space);
}

}  // namespace walferry::encode
