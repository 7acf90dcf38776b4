#pragma once

#include "lib/encode/value_plan.hpp"

namespace walferry::encode {

// How the values of a type look in format plain: booleans and numbers as JSON's where a double
// holds every one of them, int8 and numeric as strings of digits, times as ISO 8601, arrays and
// hstore as JSON's, json as it is, and all else as PostgreSQL's text.
value_plan make_plain_plan(change::oid type, std::int32_t modifier, const change::catalog& types,
                           const config::event_settings& events);

// Whether the text of a json or jsonb is its null, which format plain has to tell from SQL's.
bool is_json_null(std::string_view text);

}  // namespace walferry::encode
