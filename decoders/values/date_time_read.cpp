#include "decoders/values/calendar.hpp"
#include "decoders/values/date_time.hpp"

#include <limits>

namespace walferry::values {
namespace {

// Consumes a text from its front; failed() after anything unexpected.
class scanner {
public:
    explicit scanner(std::string_view text) : text_(text) {}

    bool failed() const { return failed_; }
    bool done() const { return text_.empty() && !failed_; }

    bool skip(char c) {
        if (text_.empty() || text_.front() != c) {
            return false;
        }
        text_.remove_prefix(1);
        return true;
    }

    void expect(char c) { failed_ = !skip(c) || failed_; }

    bool skip(std::string_view word) {
        if (!text_.starts_with(word)) {
            return false;
        }
        text_.remove_prefix(word.size());
        return true;
    }

    std::int64_t number(std::size_t digits_min, std::size_t digits_max) {
        std::int64_t value = 0;
        std::size_t count = 0;
        while (count < digits_max && count < text_.size() && text_[count] >= '0' &&
               text_[count] <= '9') {
            value = value * 10 + (text_[count] - '0');
            ++count;
        }
        failed_ = failed_ || count < digits_min;
        text_.remove_prefix(count);
        return value;
    }

    // `.789` as microseconds.
    std::int64_t fraction() {
        if (!skip('.')) {
            return 0;
        }
        std::size_t before = text_.size();
        std::int64_t value = number(1, 6);
        for (std::size_t count = before - text_.size(); count < 6; ++count) {
            value *= 10;
        }
        return value;
    }

private:
    std::string_view text_;
    bool failed_ = false;
};

std::optional<extent> read_infinity(std::string_view text) {
    if (text == "infinity") {
        return extent::infinity;
    }
    if (text == "-infinity") {
        return extent::minus_infinity;
    }
    return std::nullopt;
}

civil_date scan_date(scanner& at) {
    civil_date date;
    date.year = at.number(4, 7);
    at.expect('-');
    date.month = static_cast<int>(at.number(2, 2));
    at.expect('-');
    date.day = static_cast<int>(at.number(2, 2));
    return date;
}

std::int64_t scan_time(scanner& at) {
    std::int64_t seconds = at.number(2, 2) * 3600;
    at.expect(':');
    seconds += at.number(2, 2) * 60;
    at.expect(':');
    seconds += at.number(2, 2);
    return seconds * 1'000'000 + at.fraction();
}

// `+05:30`, `-08`, `+00:19:32`; nothing is zero.
std::int32_t scan_zone(scanner& at) {
    bool west = at.skip('-');
    if (!west && !at.skip('+')) {
        return 0;
    }
    std::int64_t seconds = at.number(2, 2) * 3600;
    if (at.skip(':')) {
        seconds += at.number(2, 2) * 60;
        if (at.skip(':')) {
            seconds += at.number(2, 2);
        }
    }
    return static_cast<std::int32_t>(west ? -seconds : seconds);
}

bool in_range(const civil_date& date) {
    return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31;
}

}  // namespace

std::optional<date_value> read_date(std::string_view text) {
    if (auto size = read_infinity(text)) {
        return date_value{*size, 0};
    }
    scanner at{text};
    auto date = scan_date(at);
    if (at.skip(" BC")) {
        date.year = 1 - date.year;
    }
    if (!at.done() || !in_range(date)) {
        return std::nullopt;
    }
    auto days = days_since_1970(date) - days_1970_to_2000;
    return date_value{extent::finite, static_cast<std::int32_t>(days)};
}

std::optional<std::int64_t> read_time(std::string_view text) {
    scanner at{text};
    auto microseconds = scan_time(at);
    return at.done() ? std::optional{microseconds} : std::nullopt;
}

std::optional<zoned_time_value> read_zoned_time(std::string_view text) {
    scanner at{text};
    zoned_time_value value;
    value.microseconds = scan_time(at);
    value.seconds_east = scan_zone(at);
    return at.done() ? std::optional{value} : std::nullopt;
}

std::optional<timestamp_value> read_timestamp(std::string_view text) {
    if (auto size = read_infinity(text)) {
        return timestamp_value{*size, 0};
    }
    scanner at{text};
    auto date = scan_date(at);
    at.expect(' ');
    auto microseconds = scan_time(at);
    microseconds -= std::int64_t{scan_zone(at)} * 1'000'000;
    if (at.skip(" BC")) {
        date.year = 1 - date.year;
    }
    if (!at.done() || !in_range(date) || date.year > 294'277 || date.year < -4'714) {
        return std::nullopt;
    }
    auto days = days_since_1970(date) - days_1970_to_2000;
    if (days > std::numeric_limits<std::int64_t>::max() / microseconds_a_day - 2) {
        return std::nullopt;
    }
    return timestamp_value{extent::finite, days * microseconds_a_day + microseconds};
}

}  // namespace walferry::values
