#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace walferry::config {

// A value, or what is wrong with the text.
template <typename value>
using parsed = tl::expected<value, std::string>;

// `500ms`, `10s`, `5m`, `1h`, `7d` or `0`.
parsed<std::chrono::milliseconds> parse_duration(std::string_view text);

// In the largest unit that holds it exactly.
std::string print_duration(std::chrono::milliseconds value);

// Bytes: `123`, `10kB`, `64MiB`, `1GiB`. kB, MB, GB and TB count by 1000, KiB to TiB by 1024.
parsed<std::uint64_t> parse_size(std::string_view text);
std::string print_size(std::uint64_t bytes);

parsed<std::int64_t> parse_number(std::string_view text);
parsed<bool> parse_boolean(std::string_view text);

}  // namespace walferry::config
