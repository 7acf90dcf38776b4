#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace walferry::config {

// One entry of route.*.additional: `column:header[:alias]` or `column:envelope[:alias]`.
struct additional_column {
    std::string column;
    std::string name;  // of the header or of the member of the envelope; default: the column's
    bool in_envelope = false;
};

// Nothing when the text is not of that form.
std::optional<additional_column> read_additional(std::string_view text);

}  // namespace walferry::config
