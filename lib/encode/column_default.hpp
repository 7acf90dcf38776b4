#pragma once

#include "lib/change/catalog.hpp"
#include "lib/encode/value_plan.hpp"

#include <string>
#include <string_view>

namespace walferry::encode {

// The JSON of a column's default in its schema; empty: none. A constant is the value; a function
// (nextval, now, gen_random_uuid) is the zero of its type, as in Debezium; any other expression,
// and types whose defaults Debezium leaves out, have none.
std::string default_json(const value_plan& plan, const change::column_description& column);

}  // namespace walferry::encode
