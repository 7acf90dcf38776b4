#include "decoders/values/decimal.hpp"

#include <algorithm>

namespace walferry::values {
namespace {

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::uint32_t powers_of_ten[] = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

// Hands over the digits of the number in groups of at most nine.
template <typename consumer>
void for_groups(std::string_view digits, consumer&& take) {
    while (!digits.empty()) {
        auto count = std::min<std::size_t>(9, digits.size());
        std::uint32_t group = 0;
        for (char c : digits.substr(0, count)) {
            group = group * 10 + static_cast<std::uint32_t>(c - '0');
        }
        take(powers_of_ten[count], group);
        digits.remove_prefix(count);
    }
}

}  // namespace

std::optional<decimal_value> read_decimal(std::string_view text) {
    decimal_value value;
    value.negative = text.starts_with('-');
    text.remove_prefix(value.negative ? 1 : 0);
    auto point = text.find('.');
    value.whole = text.substr(0, point);
    if (point != std::string_view::npos) {
        value.fraction = text.substr(point + 1);
    }
    if (value.whole.empty() || !all_digits(value.whole) || !all_digits(value.fraction)) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> read_short_decimal(std::string_view text, std::int32_t scale) {
    bool negative = text.starts_with('-');
    text.remove_prefix(negative ? 1 : 0);
    auto behind = static_cast<std::size_t>(scale);
    if (scale < 0 || text.empty() || text.size() > 18 || behind + 1 >= text.size()) {
        return std::nullopt;
    }
    auto point = scale == 0 ? text.size() : text.size() - behind - 1;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto digit = static_cast<unsigned char>(text[i] - '0');
        if (i == point) {
            if (text[i] != '.') {
                return std::nullopt;
            }
        } else if (digit > 9) {
            return std::nullopt;
        } else {
            value = value * 10 + digit;
        }
    }
    return negative ? -value : value;
}

std::optional<decimal_value> read_money(std::string_view text, std::vector<char>& digits) {
    digits.clear();
    std::size_t behind_last = 0;  // digits behind the last separator
    std::size_t separators = 0;
    char last = 0;
    bool mixed = false;
    decimal_value value;
    for (char c : text) {
        if (c >= '0' && c <= '9') {
            digits.push_back(c);
            ++behind_last;
        } else if ((c == '.' || c == ',') && !digits.empty()) {
            mixed = mixed || (last != 0 && last != c);
            last = c;
            ++separators;
            behind_last = 0;
        } else if (c == '-' || c == '(') {
            value.negative = true;
        }
    }
    if (digits.empty()) {
        return std::nullopt;
    }
    bool leading_zero = digits.size() > 3 && digits.front() == '0';
    bool decimal = separators == 1 ? behind_last != 3 || leading_zero : mixed;
    std::string_view all{digits.data(), digits.size()};
    auto fraction = decimal ? behind_last : 0;
    value.whole = all.substr(0, all.size() - fraction);
    value.fraction = all.substr(all.size() - fraction);
    return value;
}

std::string_view unscaled_writer::bytes_of(const decimal_value& value, std::size_t zeros) {
    return value.whole.size() + value.fraction.size() + zeros <= 18 ? of_short(value, zeros)
                                                                    : of_long(value, zeros);
}

std::string_view unscaled_writer::of_short(const decimal_value& value, std::size_t zeros) {
    std::int64_t number = 0;
    for (char c : value.whole) {
        number = number * 10 + (c - '0');
    }
    for (char c : value.fraction) {
        number = number * 10 + (c - '0');
    }
    for (; zeros > 0; --zeros) {
        number *= 10;
    }
    if (value.negative) {
        number = -number;
    }
    std::size_t count = 1;
    while (count < 8 && (number >> (8 * count - 1)) != 0 && (number >> (8 * count - 1)) != -1) {
        ++count;
    }
    bytes_.resize(8);
    for (std::size_t i = 0; i < count; ++i) {
        bytes_[i] = static_cast<char>(number >> (8 * (count - 1 - i)));
    }
    return {bytes_.data(), count};
}

void unscaled_writer::multiply_add(std::uint64_t factor, std::uint64_t addend) {
    for (auto& limb : limbs_) {
        addend += limb * factor;
        limb = static_cast<std::uint32_t>(addend);
        addend >>= 32;
    }
    if (addend != 0) {
        limbs_.push_back(static_cast<std::uint32_t>(addend));
    }
}

std::string_view unscaled_writer::of_long(const decimal_value& value, std::size_t zeros) {
    limbs_.clear();
    auto add = [this](std::uint32_t factor, std::uint32_t group) { multiply_add(factor, group); };
    for_groups(value.whole, add);
    for_groups(value.fraction, add);
    for (; zeros > 0; zeros -= std::min<std::size_t>(9, zeros)) {
        multiply_add(powers_of_ten[std::min<std::size_t>(9, zeros)], 0);
    }
    // One more limb for the sign; of zero and small numbers all but the last byte is dropped below.
    limbs_.push_back(0);
    if (value.negative) {
        std::uint64_t carry = 1;
        for (auto& limb : limbs_) {
            carry += static_cast<std::uint32_t>(~limb);
            limb = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
    }
    bytes_.resize(limbs_.size() * 4);
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
        auto from_end = bytes_.size() - 1 - i;
        bytes_[i] = static_cast<char>(limbs_[from_end / 4] >> (8 * (from_end % 4)));
    }
    std::size_t start = 0;
    auto sign_of = [this](std::size_t i) { return (bytes_[i] & 0x80) != 0; };
    while (start + 1 < bytes_.size() &&
           (bytes_[start] == 0 || bytes_[start] == static_cast<char>(0xff)) &&
           sign_of(start) == sign_of(start + 1)) {
        ++start;
    }
    return {bytes_.data() + start, bytes_.size() - start};
}

}  // namespace walferry::values
