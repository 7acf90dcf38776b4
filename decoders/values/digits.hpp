#pragma once

#include "lib/base/text_buffer.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace walferry::values {

constexpr std::array<char, 200> make_digit_pairs() {
    std::array<char, 200> pairs{};
    for (std::size_t i = 0; i < 100; ++i) {
        pairs[2 * i] = static_cast<char>('0' + i / 10);
        pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
}

inline constexpr auto digit_pairs = make_digit_pairs();

// Writes two digits of a number below 100.
inline char* write_pair(char* at, std::uint64_t value) {
    std::memcpy(at, &digit_pairs[2 * value], 2);
    return at + 2;
}

// text_buffer::append_number with a third of its instructions, for numbers of many digits in every
// row.
inline void append_digits(text_buffer& out, std::uint64_t value) {
    char text[24];
    char* at = text + sizeof text;
    while (value >= 100) {
        at -= 2;
        write_pair(at, value % 100);
        value /= 100;
    }
    at -= 2;
    write_pair(at, value);
    at += value < 10 ? 1 : 0;
    auto size = static_cast<std::size_t>(text + sizeof text - at);
    std::memcpy(out.reserve(sizeof text), at, size);
    out.commit(size);
}

}  // namespace walferry::values
