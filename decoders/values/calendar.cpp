#include "decoders/values/calendar.hpp"

namespace walferry::values {
namespace {

// Years are counted from March, so that the leap day is the last of its year, and 400 of them are
// one era.
constexpr std::int64_t days_an_era = 146'097;
constexpr std::int64_t days_before_1970 = 719'468;  // 0000-03-01 to 1970-01-01

constexpr std::int64_t days_of_months_from_march(std::int64_t month) {
    return (153 * month + 2) / 5;
}

}  // namespace

std::int64_t days_since_1970(const civil_date& date) {
    std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    std::int64_t era = floor_divide(year, 400);
    std::int64_t year_of_era = year - era * 400;
    std::int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    std::int64_t day_of_year = days_of_months_from_march(month) + date.day - 1;
    std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_an_era + day_of_era - days_before_1970;
}

civil_date civil_from_days(std::int64_t days) {
    days += days_before_1970;
    std::int64_t era = floor_divide(days, days_an_era);
    std::int64_t day_of_era = days - era * days_an_era;
    std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    std::int64_t month = (5 * day_of_year + 2) / 153;
    civil_date date;
    date.day = static_cast<int>(day_of_year - days_of_months_from_march(month) + 1);
    date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
    date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
    return date;
}

}  // namespace walferry::values
