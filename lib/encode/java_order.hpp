#pragma once

#include "lib/encode/value_plan.hpp"

#include <string_view>

namespace walferry::encode {

// Appends the JSON object of an hstore with its keys in the order in which Debezium publishes them,
// that of a java.util.HashMap: by the hash of the key in a table that doubles as it fills.
// False when the text is not that of an hstore.
bool append_in_java_order(std::string_view hstore, text_buffer& out, workspace& space);

}  // namespace walferry::encode
