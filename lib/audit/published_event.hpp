#pragma once

#include "lib/base/error.hpp"
#include "lib/base/position.hpp"
#include "lib/change/change.hpp"
#include "lib/config/settings.hpp"

#include <optional>
#include <string_view>

namespace walferry::audit {

// A record of a topic as far as it tells of a table's state. Everything is borrowed from the
// record: JSON as it is written, so that what two records hold can be compared by its bytes.
struct published_event {
    change::operation what = change::operation::insert;
    position at;
    std::string_view key;        // an object; empty: none
    std::string_view row;        // behind the change; empty: none
    std::string_view before;     // what is told of the row before it; empty: nothing
    std::string_view unchanged;  // array of the columns that `row` does not tell; empty: none
};

// Reads what formats debezium and plain write, with or without Connect's schemas. Nothing: a
// tombstone. Errors: protocol_violation, when walferry did not write this. Pure.
result<std::optional<published_event>> read_event(config::event_format format,
                                                  std::optional<std::string_view> key,
                                                  std::optional<std::string_view> value,
                                                  std::string_view unchanged_header);

}  // namespace walferry::audit
