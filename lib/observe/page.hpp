#pragma once

#include <string>
#include <string_view>

namespace walferry::observe {

// The status page as one document. `nonce` marks its style and script for the
// Content-Security-Policy.
std::string status_page(std::string_view nonce);

// Sixteen random bytes in hexadecimal, new for each reply.
std::string make_nonce();

}  // namespace walferry::observe
