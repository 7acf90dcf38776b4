#pragma once

#include <algorithm>
#include <string_view>

namespace walferry::publish {

// Kafka's own rule: 1 to 249 of [a-zA-Z0-9._-], and not "." or "..".
inline bool is_legal_topic_name(std::string_view name) {
    const auto legal = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= 249 && name != "." && name != ".." &&
           std::ranges::all_of(name, legal);
}

}  // namespace walferry::publish
