#include "lib/base/lsn.hpp"

#include <charconv>

namespace walferry {
namespace {

std::optional<std::uint32_t> parse_hex(std::string_view text) {
    std::uint32_t value = 0;
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, value, 16);
    if (text.empty() || text.size() > 8 || failure != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

std::string to_string(lsn at) {
    char text[20] = {};
    char* end = text + sizeof text;
    char* slash = std::to_chars(text, end, static_cast<std::uint32_t>(at.value >> 32), 16).ptr;
    *slash = '/';
    char* stop = std::to_chars(slash + 1, end, static_cast<std::uint32_t>(at.value), 16).ptr;
    for (char* c = text; c != stop; ++c) {
        if (*c >= 'a') {
            *c = static_cast<char>(*c - 'a' + 'A');
        }
    }
    return {text, stop};
}

std::optional<lsn> parse_lsn(std::string_view text) {
    auto slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    auto high = parse_hex(text.substr(0, slash));
    auto low = parse_hex(text.substr(slash + 1));
    if (!high || !low) {
        return std::nullopt;
    }
    return lsn{(std::uint64_t{*high} << 32) | *low};
}

}  // namespace walferry
