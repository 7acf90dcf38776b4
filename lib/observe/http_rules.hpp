#pragma once

#include "lib/base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace walferry::observe {

struct listen_address {
    std::string host;  // without brackets; empty: all interfaces
    std::uint16_t port = 0;
};

// `127.0.0.1:8480`, `localhost:8480`, `[::1]:8480`, `:8480`; port 0 lets the kernel choose.
result<listen_address> parse_listen(std::string_view text);

// True when a Host header names this machine's loopback: localhost, 127.x.y.z or [::1], with any
// port. A page of another site whose name was made to resolve to 127.0.0.1 sends its own name.
bool is_loopback_host(std::string_view host_header);

// Takes as long for a wrong token as for a right one of the same length.
bool equal_in_constant_time(std::string_view left, std::string_view right);

// The token of `Bearer <token>`, empty when the header has another form.
std::string_view bearer_token(std::string_view authorization);

}  // namespace walferry::observe
