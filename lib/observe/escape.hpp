#pragma once

#include "lib/base/time.hpp"

#include <string>
#include <string_view>

namespace walferry::observe {

// Appends `text` between quotes as a JSON string. Bytes that are not UTF-8 become U+FFFD, so that
// the result is JSON whatever a server sent.
void append_json_string(std::string& out, std::string_view text);

// Appends `text` for one line of a terminal: line ends, escape sequences and other control
// characters become visible as \n or \x1b.
void append_visible(std::string& out, std::string_view text);

// Appends `2026-08-21T12:34:56.123456Z`, with `digits` (0, 3 or 6) after the point.
void append_utc(std::string& out, unix_time at, int digits = 6);

}  // namespace walferry::observe
