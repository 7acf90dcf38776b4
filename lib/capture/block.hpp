#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace walferry::capture {

inline constexpr std::string_view magic = "walferry capture 1\n";

enum class block_kind : char { header = 'H', catalog = 'C', frames = 'F', end = 'E' };

inline constexpr std::size_t block_head_bytes = 5;
inline constexpr std::size_t block_tail_bytes = 8;

// Far above any frame that PostgreSQL sends (1 GB): a larger length is damage.
inline constexpr std::uint32_t block_bytes_max = 1'200'000'000;

// The lower `bytes` of the value in network order.
void append_number(std::string& to, std::uint64_t value, int bytes);

// Kind and length, as they stand before the payload.
std::string block_head(block_kind kind, std::size_t length);

// The check sum behind the payload, as eight bytes in network order.
std::string block_tail(std::string_view head, std::string_view payload);

}  // namespace walferry::capture
