#include "lib/encode/iso_time.hpp"

#include "decoders/values/calendar.hpp"
#include "decoders/values/date_time.hpp"

namespace walferry::encode {

void append_iso_date(text_buffer& out, std::int64_t days_since_2000) {
    auto date = values::civil_from_days(days_since_2000 + values::days_1970_to_2000);
    if (date.year < 0 || date.year > 9999) {
        out.append(date.year < 0 ? '-' : '+');
    }
    values::append_padded(out, static_cast<std::uint64_t>(date.year < 0 ? -date.year : date.year),
                          4);
    out.append('-');
    values::append_padded(out, static_cast<std::uint64_t>(date.month), 2);
    out.append('-');
    values::append_padded(out, static_cast<std::uint64_t>(date.day), 2);
}

void append_iso_timestamp(text_buffer& out, std::int64_t microseconds, std::int32_t digits) {
    auto days = values::floor_divide(microseconds, values::microseconds_a_day);
    auto of_day = microseconds - days * values::microseconds_a_day;
    append_iso_date(out, days);
    out.append('T');
    if (digits < 0) {
        values::append_time(out, of_day);
        return;
    }
    values::append_time(out, of_day - of_day % 1'000'000);
    if (digits == 0) {
        return;
    }
    auto fraction = of_day % 1'000'000;
    for (auto i = digits; i < 6; ++i) {
        fraction /= 10;
    }
    out.append('.');
    values::append_padded(out, static_cast<std::uint64_t>(fraction), digits);
}

}  // namespace walferry::encode
