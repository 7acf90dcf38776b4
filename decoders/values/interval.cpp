#include "decoders/values/interval.hpp"

#include <charconv>
#include <limits>

namespace walferry::values {
namespace {

std::string_view next_word(std::string_view& text) {
    auto end = text.find(' ');
    auto word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

std::optional<std::int64_t> whole_number(std::string_view word) {
    if (word.starts_with('+')) {
        word.remove_prefix(1);
    }
    std::int64_t value = 0;
    auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failure != std::errc{} || end != word.data() + word.size()) {
        return std::nullopt;
    }
    return value;
}

// `-100:05:06.7`: any number of hours. The magnitude is kept negative, where 64 bits hold one more.
std::optional<std::int64_t> clock_time(std::string_view word) {
    bool negative = word.starts_with('-');
    if (negative || word.starts_with('+')) {
        word.remove_prefix(1);
    }
    auto colon = word.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        return std::nullopt;
    }
    auto hours = whole_number(word.substr(0, colon));
    char rest[24] = {'0', '0'};
    auto tail = word.substr(colon);
    if (!hours || *hours < 0 || *hours > 2'562'047'788 || tail.size() > sizeof rest - 2) {
        return std::nullopt;
    }
    tail.copy(rest + 2, tail.size());
    auto minutes = read_time({rest, tail.size() + 2});
    if (!minutes) {
        return std::nullopt;
    }
    std::int64_t total = 0;
    if (__builtin_mul_overflow(*hours, std::int64_t{-3'600'000'000}, &total) ||
        __builtin_sub_overflow(total, *minutes, &total)) {
        return std::nullopt;
    }
    if (!negative && total == std::numeric_limits<std::int64_t>::min()) {
        return std::nullopt;
    }
    return negative ? total : -total;
}

bool add_unit(interval_value& value, std::int64_t amount, std::string_view unit) {
    if (unit == "year" || unit == "years") {
        std::int64_t months = amount * 12 + value.months;
        value.months = static_cast<std::int32_t>(months);
        return amount <= 178'956'970 && amount >= -178'956'970;
    }
    if (unit == "mon" || unit == "mons") {
        value.months = static_cast<std::int32_t>(amount + value.months);
        return true;
    }
    value.days = static_cast<std::int32_t>(amount);
    return unit == "day" || unit == "days";
}

void append_unit(text_buffer& out, std::int32_t amount, std::string_view unit,
                 bool& negative_before, bool& first) {
    if (amount == 0) {
        return;
    }
    if (!first) {
        out.append(' ');
    }
    if (negative_before && amount > 0) {
        out.append('+');
    }
    out.append_number(amount);
    out.append(' ');
    out.append(unit);
    if (amount != 1) {
        out.append('s');
    }
    negative_before = amount < 0;
    first = false;
}

}  // namespace

std::optional<interval_value> read_interval(std::string_view text) {
    interval_value value;
    if (text == "infinity" || text == "-infinity") {
        value.size = text[0] == '-' ? extent::minus_infinity : extent::infinity;
        return value;
    }
    if (text.empty()) {
        return std::nullopt;
    }
    while (!text.empty()) {
        auto word = next_word(text);
        if (word.find(':') != std::string_view::npos) {
            auto time = clock_time(word);
            value.microseconds = time.value_or(0);
            return time && text.empty() ? std::optional{value} : std::nullopt;
        }
        auto amount = whole_number(word);
        if (!amount || !add_unit(value, *amount, next_word(text))) {
            return std::nullopt;
        }
    }
    return value;
}

void append_interval(text_buffer& out, const interval_value& value) {
    if (value.size != extent::finite) {
        out.append(value.size == extent::infinity ? "infinity" : "-infinity");
        return;
    }
    bool negative_before = false;
    bool first = true;
    append_unit(out, value.months / 12, "year", negative_before, first);
    append_unit(out, value.months % 12, "mon", negative_before, first);
    append_unit(out, value.days, "day", negative_before, first);
    if (value.microseconds == 0 && !first) {
        return;
    }
    if (!first) {
        out.append(' ');
    }
    bool negative = value.microseconds < 0;
    if (negative || negative_before) {
        out.append(negative ? '-' : '+');
    }
    auto magnitude = static_cast<std::uint64_t>(value.microseconds);
    magnitude = negative ? 0 - magnitude : magnitude;
    append_padded(out, magnitude / 3'600'000'000, 2);
    out.append(':');
    append_padded(out, magnitude / 60'000'000 % 60, 2);
    out.append(':');
    append_padded(out, magnitude / 1'000'000 % 60, 2);
    append_fraction(out, static_cast<std::int64_t>(magnitude % 1'000'000));
}

}  // namespace walferry::values
