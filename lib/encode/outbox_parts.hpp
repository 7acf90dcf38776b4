#pragma once

#include "lib/encode/raw_column.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace walferry::encode {

// The columns of an outbox and what each is for, as route.outbox names them.
struct outbox_parts {
    raw_column id;
    raw_column key;
    raw_column payload;
    std::optional<raw_column> timestamp;
    placed_columns placed;
    value_plan document;  // of a payload that is published as JSON

    // Errors: table_unfit.
    static result<outbox_parts> make(const context& global, const table_shape& shape);
};

// Whether the text of a column of this type is a JSON object or array.
bool is_document(change::oid type, std::string_view text);

// Milliseconds since 1970 that a column says; nothing when Kafka has no such time.
std::optional<std::int64_t> record_time(change::oid type, std::string_view text);

}  // namespace walferry::encode
