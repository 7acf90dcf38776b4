#include "lib/observe/http_rules.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace walferry::observe {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

bool is_number(std::string_view text, unsigned max) {
    unsigned value = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && failure == std::errc{} && stop == text.data() + text.size() &&
           value <= max;
}

// Four numbers, the first of them 127: `127.evil.example` is not one.
bool is_loopback_v4(std::string_view host) {
    if (!host.starts_with("127.")) {
        return false;
    }
    for (int part = 0; part < 4; ++part) {
        const std::size_t stop = part == 3 ? host.size() : host.find('.');
        if (stop == host.npos || !is_number(host.substr(0, stop), 255)) {
            return false;
        }
        host.remove_prefix(std::min(stop + 1, host.size()));
    }
    return true;
}

}  // namespace

result<listen_address> parse_listen(std::string_view text) {
    const auto wrong = [&] {
        return fail(error_kind::config_invalid,
                    "http.listen: \"" + std::string{text} + "\" is not host:port",
                    "write http.listen: 127.0.0.1:8480, or [::]:8480 for all interfaces");
    };
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos || !is_number(text.substr(colon + 1), 65535)) {
        return wrong();
    }
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find_first_of(":[] /") != host.npos) {
        return wrong();
    }
    listen_address address{.host = std::string{host == "*" ? "" : host}};
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), address.port);
    return address;
}

bool is_loopback_host(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t close = host.find(']');
        return host.substr(0, close) == "[::1" &&
               (host.size() == close + 1 ||
                (host[close + 1] == ':' && is_number(host.substr(close + 2), 65535)));
    }
    const std::size_t colon = host.find(':');
    if (colon != host.npos && !is_number(host.substr(colon + 1), 65535)) {
        return false;
    }
    const std::string_view name = host.substr(0, colon);
    return equal_ignoring_case(name, "localhost") || is_loopback_v4(name);
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) {
        return false;
    }
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        difference = static_cast<unsigned char>(difference | (left[i] ^ right[i]));
    }
    return difference == 0;
}

std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (!equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) {
        return {};
    }
    authorization.remove_prefix(scheme.size());
    const std::size_t start = std::min(authorization.find_first_not_of(' '), authorization.size());
    return authorization.substr(start);
}

}  // namespace walferry::observe
