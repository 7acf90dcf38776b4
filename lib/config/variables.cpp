// Which key an environment variable means.
#include "lib/config/gather.hpp"
#include "lib/config/lower.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace walferry::config {
namespace {

constexpr std::string_view prefix = "WALFERRY_";

bool has_digits_at_end(std::string_view text) {
    return !text.empty() && std::isdigit(static_cast<unsigned char>(text.back())) != 0;
}

}  // namespace

std::string name_of_variable(std::string_view variable) {
    const std::string parts = lower(variable.substr(prefix.size()));
    std::string name;
    bool dotted = false;  // inside a map of properties, where _ stands for a dot
    for (std::size_t at = 0; at <= parts.size();) {
        const std::size_t end = std::min(parts.find("__", at), parts.size());
        std::string part = parts.substr(at, end - at);
        if (dotted) {
            std::replace(part.begin(), part.end(), '_', '.');
        }
        (name += name.empty() ? "" : ".") += part;
        const key* of = find_key(name);
        dotted = dotted || (of != nullptr && of->how.type == value_type::properties);
        at = end + 2;
    }
    return name;
}

bool is_foreign_variable(std::string_view variable) {
    const std::string_view name = variable.substr(std::min(prefix.size(), variable.size()));
    if (name == "CONFIG" || name == "BIN" || name.starts_with("TEST") || name.starts_with("RIG_")) {
        return true;
    }
    if (name.find("__") != std::string_view::npos) {
        return false;
    }
    // Kubernetes: WALFERRY_SERVICE_HOST, WALFERRY_SERVICE_PORT_HTTP, WALFERRY_PORT_8480_TCP_ADDR, …
    constexpr std::array<std::string_view, 3> transports = {"_TCP", "_UDP", "_SCTP"};
    const bool is_service = name.ends_with("SERVICE_HOST") ||
                            name.find("SERVICE_PORT") != std::string_view::npos || name == "PORT" ||
                            name.ends_with("_PORT");
    return is_service || std::any_of(transports.begin(), transports.end(), [&](auto transport) {
               const std::size_t at = name.find(transport);
               return at != std::string_view::npos && has_digits_at_end(name.substr(0, at));
           });
}

}  // namespace walferry::config
