#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace walferry::snapshot {

// Of logical messages that mark where a chunk was read. Never published.
inline constexpr std::string_view mark_prefix = "walferry.mark";

// The text of a mark.
std::string mark_text(std::string_view token, std::uint64_t number, std::string_view which);

}  // namespace walferry::snapshot
