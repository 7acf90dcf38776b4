// date, time, timetz, timestamp, timestamptz, interval.
#include "decoders/values/calendar.hpp"
#include "decoders/values/date_time.hpp"
#include "decoders/values/interval.hpp"
#include "lib/encode/iso_time.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/value_plan.hpp"

#include <cstring>

namespace walferry::encode::writers {
namespace {

using values::extent;

bool append_quoted(text_buffer& out, std::string_view text) {
    out.append('"');
    out.append(text);
    out.append('"');
    return true;
}

// Six digits and UTC are what nearly every value has: then only punctuation changes.
bool append_common_timestamp(text_buffer& out, std::string_view text, std::int32_t digits) {
    if (text.size() < 22 || text.size() > 29 || text[4] != '-' || text[10] != ' ' ||
        !text.ends_with("+00") || !is_plain(text)) {
        return false;
    }
    auto fraction = text.substr(19, text.size() - 22);
    if (digits < 0 || (!fraction.empty() && (fraction[0] != '.' || digits == 0)) ||
        fraction.size() > static_cast<std::size_t>(digits) + 1) {
        return false;
    }
    constexpr std::size_t size_max = 31;
    char* at = out.reserve(size_max);
    at[0] = '"';
    std::memcpy(at + 1, text.data(), 19);
    at[11] = 'T';
    std::size_t size = 20;
    if (digits > 0) {
        std::memcpy(at + size, ".000000", 7);
        std::memcpy(at + size, fraction.data(), fraction.size());
        size += static_cast<std::size_t>(digits) + 1;
    }
    at[size] = 'Z';
    at[size + 1] = '"';
    out.commit(size + 2);
    return true;
}

}  // namespace

bool date_number(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_date(text);
    return value && append_date_number(out, *value);
}

bool date_iso(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_date(text);
    if (!value || value->size != extent::finite) {
        return false;
    }
    out.append('"');
    append_iso_date(out, value->days);
    out.append("Z\"");
    return true;
}

bool time_number(const value_plan& plan, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_time(text);
    return value && append_time_number(out, *value, plan.unit);
}

bool time_iso(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    if (!values::read_time(text)) {
        return false;
    }
    out.append('"');
    out.append(text);
    out.append("Z\"");
    return true;
}

bool zoned_time(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_zoned_time(text);
    if (!value) {
        return false;
    }
    auto microseconds = value->microseconds - std::int64_t{value->seconds_east} * 1'000'000;
    if (value->seconds_east != 0 || microseconds > values::microseconds_a_day) {
        microseconds -= values::floor_divide(microseconds, values::microseconds_a_day) *
                        values::microseconds_a_day;
    }
    out.append('"');
    values::append_time(out, microseconds);
    out.append("Z\"");
    return true;
}

bool timestamp_number(const value_plan& plan, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_timestamp(text);
    return value && append_timestamp_number(out, *value, plan.unit);
}

bool timestamp_iso(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_timestamp(text);
    if (!value || value->size != extent::finite) {
        return false;
    }
    out.append('"');
    append_iso_timestamp(out, value->microseconds, -1);
    out.append("Z\"");
    return true;
}

bool zoned_timestamp(const value_plan& plan, std::string_view text, text_buffer& out, workspace&) {
    if (append_common_timestamp(out, text, plan.digits)) {
        return true;
    }
    auto value = values::read_timestamp(text);
    if (!value || value->size != extent::finite) {
        return value && append_quoted(out, text);
    }
    out.append('"');
    append_iso_timestamp(out, value->microseconds, plan.digits);
    out.append("Z\"");
    return true;
}

// A month counts 30.4375 days, as in Debezium.
bool interval_number(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_interval(text);
    if (!value || value->size != extent::finite) {
        return false;
    }
    constexpr std::int64_t microseconds_a_month = 2'629'800'000'000;
    std::int64_t months = 0;
    std::int64_t days = 0;
    if (__builtin_mul_overflow(std::int64_t{value->days}, values::microseconds_a_day, &days) ||
        __builtin_mul_overflow(std::int64_t{value->months}, microseconds_a_month, &months) ||
        __builtin_add_overflow(days, months, &days) ||
        __builtin_add_overflow(days, value->microseconds, &days)) {
        return false;
    }
    out.append_number(days);
    return true;
}

bool interval_iso(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_interval(text);
    if (!value || value->size != extent::finite) {
        return false;
    }
    auto part = [&out](std::int64_t amount, char unit) {
        out.append_number(amount);
        out.append(unit);
    };
    out.append("\"P");
    part(value->months / 12, 'Y');
    part(value->months % 12, 'M');
    part(value->days, 'D');
    out.append('T');
    part(value->microseconds / 3'600'000'000, 'H');
    part(value->microseconds / 60'000'000 % 60, 'M');
    auto seconds = value->microseconds % 60'000'000;
    if (seconds < 0) {
        out.append('-');
        seconds = -seconds;
    }
    out.append_number(seconds / 1'000'000);
    values::append_fraction(out, seconds % 1'000'000);
    out.append("S\"");
    return true;
}

}  // namespace walferry::encode::writers
