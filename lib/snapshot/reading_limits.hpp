#pragma once

#include <chrono>
#include <cstddef>

namespace walferry::snapshot {

// Rows that are handed over at once, some hundred microseconds' work.
inline constexpr std::size_t rows_at_once = 1024;
inline constexpr std::size_t bytes_at_once = 512 * 1024;

inline constexpr std::chrono::minutes lock_patience{10};

}  // namespace walferry::snapshot
