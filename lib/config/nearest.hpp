#pragma once

#include <span>
#include <string>
#include <string_view>

namespace walferry::config {

// How many characters must be inserted, removed, replaced or swapped with their neighbour.
std::size_t edit_distance(std::string_view left, std::string_view right);

// The candidate most like the word, or nothing when none is near enough to be meant.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// `; did you mean "debezium"?`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace walferry::config
