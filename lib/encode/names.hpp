#pragma once

#include "lib/config/settings.hpp"

#include <string>
#include <string_view>

namespace walferry::encode {

// Makes a name that Avro accepts. avro: other characters become `_`; avro_unicode: they and `_`
// become `_u` and the hexadecimal digits of each UTF-16 unit.
std::string adjusted_name(std::string_view name, config::name_adjustment how);

// The same for the dotted name of a schema.
std::string adjusted_schema_name(std::string_view name, config::name_adjustment how);

}  // namespace walferry::encode
