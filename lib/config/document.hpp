#pragma once

#include "lib/config/node.hpp"

#include <string_view>

namespace walferry::config {

struct document {
    node root;  // nothing when the text is empty
    faults wrong;
};

// Reads one YAML document. What makes configurations hard to read or easy to misread is a fault:
// broken syntax, keys that stand twice, anchors, aliases, tags, several documents.
document read_document(std::string_view text);

}  // namespace walferry::config
