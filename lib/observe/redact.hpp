#pragma once

#include <string>
#include <string_view>

namespace walferry::observe {

// A libpq connection string (URI or keywords) or any URL with its secrets as `***`, for messages:
// the password after the user, and the values of password, passfile, sslpassword and of every key
// that ends in password, secret or token. What cannot be understood is hidden whole.
std::string redact_url(std::string_view text);

}  // namespace walferry::observe
