#pragma once

#include <string>

namespace walferry::config {

// The table of keys in three forms.

// A walferry.yaml in which every key stands behind a `#`, explained, with its default, or with an
// example when the default is derived. It loads as it is.
std::string reference_yaml();

// For the manual: a table of keys for each section.
std::string reference_markdown();

// JSON Schema 2020-12, for editors.
std::string reference_json_schema();

}  // namespace walferry::config
