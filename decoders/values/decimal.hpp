#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace walferry::values {

// A numeric in PostgreSQL's text form, taken apart: digits before and after the point. Borrowed.
struct decimal_value {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
};

// Nothing for NaN, Infinity and -Infinity, and for what is no number.
std::optional<decimal_value> read_decimal(std::string_view text);

// The value in units of 10^-scale, when its text has exactly `scale` digits behind the point and
// not more than 18 in all: what nearly every value of a numeric(p,s) column has.
std::optional<std::int64_t> read_short_decimal(std::string_view text, std::int32_t scale);

// An amount of money as PostgreSQL prints it, whatever lc_monetary says: `-$1,234.56`, `1.234,56
// €`,
// `(1 234)`. A last separator with three digits behind it groups thousands, unless the other
// kind of separator came before it. `digits` keeps the digits that the result borrows.
std::optional<decimal_value> read_money(std::string_view text, std::vector<char>& digits);

// Makes big-endian two's complement bytes, as short as Java's BigInteger.toByteArray(), from
// decimal numbers of any length. Keeps its memory.
class unscaled_writer {
public:
    // The digits, then `zeros` zeros. The view lives until the next call.
    std::string_view bytes_of(const decimal_value& value, std::size_t zeros);

private:
    std::string_view of_short(const decimal_value& value, std::size_t zeros);
    std::string_view of_long(const decimal_value& value, std::size_t zeros);
    void multiply_add(std::uint64_t factor, std::uint64_t addend);

    std::vector<std::uint32_t> limbs_;  // least significant first
    std::vector<char> bytes_;
};

}  // namespace walferry::values
