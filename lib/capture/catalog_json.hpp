#pragma once

#include "lib/base/error.hpp"
#include "lib/capture/header.hpp"
#include "lib/change/catalog.hpp"

#include <string>
#include <string_view>

// The parts of a capture that are text. Pure. Errors of parsing: config_invalid.
namespace walferry::capture {

std::string header_to_json(const header& about);
result<header> header_from_json(std::string_view text);

// What every catalog knows from the beginning is left out.
std::string catalog_to_json(const change::catalog& known);
result<change::catalog> catalog_from_json(std::string_view text);

}  // namespace walferry::capture
