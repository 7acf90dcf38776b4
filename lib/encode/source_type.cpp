// Length and scale of a column's type as PostgreSQL's JDBC driver, and so Debezium, counts them.
#include "lib/encode/column_schema.hpp"
#include "lib/encode/pg_types.hpp"

#include <algorithm>
#include <optional>

namespace walferry::encode {
namespace {

constexpr std::int32_t unknown_length = 2'147'483'647;

struct column_extent {
    std::int32_t length = unknown_length;
    std::int32_t scale = 0;
};

std::int32_t fraction_length(std::int32_t modifier) {
    if (modifier < 0) {
        return 7;
    }
    return modifier == 0 ? 0 : modifier == 1 ? 3 : modifier + 1;
}

std::optional<column_extent> time_extent(change::oid type, std::int32_t modifier) {
    auto scale = modifier < 0 ? 6 : modifier;
    switch (type) {
        case pg::date:
            return column_extent{13, 0};
        case pg::time:
            return column_extent{8 + fraction_length(modifier), scale};
        case pg::timetz:
            return column_extent{14 + fraction_length(modifier), scale};
        case pg::timestamp:
            return column_extent{22 + fraction_length(modifier), scale};
        case pg::timestamptz:
            return column_extent{28 + fraction_length(modifier), scale};
        case pg::interval:
            return column_extent{49, modifier < 0 ? 6 : modifier & 0xffff};
        default:
            return std::nullopt;
    }
}

column_extent numeric_extent(std::int32_t modifier) {
    if (modifier < 4) {
        return {131'089, 0};
    }
    return {((modifier - 4) >> 16) & 0xffff, (((modifier - 4) & 0x7ff) ^ 1024) - 1024};
}

column_extent extent_of(change::oid type, std::int32_t modifier) {
    if (auto time = time_extent(type, modifier)) {
        return *time;
    }
    switch (type) {
        case pg::int2:
            return {5, 0};
        case pg::int4:
        case pg::oid:
            return {10, 0};
        case pg::int8:
            return {19, 0};
        case pg::float4:
            return {8, 8};
        case pg::float8:
            return {17, 17};
        case pg::boolean:
        case pg::character:
            return {1, 0};
        case pg::numeric:
            return numeric_extent(modifier);
        case pg::varchar:
        case pg::bpchar:
            return {modifier < 4 ? unknown_length : modifier - 4, 0};
        case pg::bit:
        case pg::varbit:
            return {modifier < 0 ? unknown_length : modifier, 0};
        default:
            return {};
    }
}

// An array has the length of its elements.
column_extent resolved_extent(const change::column& column, const change::catalog& types) {
    auto type = column.type;
    auto modifier = column.type_modifier;
    for (int depth = 0; depth < 32; ++depth) {
        const auto* described = types.type(type);
        if (described == nullptr || (described->kind != 'd' && described->element == 0)) {
            break;
        }
        if (described->kind == 'd') {
            modifier = modifier < 0 ? described->base_modifier : modifier;
            type = described->base;
        } else {
            type = described->element;
        }
    }
    return extent_of(type, modifier);
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

}  // namespace

void add_source_type(connect_schema& schema, const change::column& column,
                     const change::catalog& types) {
    const auto* type = types.type(column.type);
    const auto size = resolved_extent(column, types);
    const std::string prefix = "__debezium.source.column.";
    schema.parameter(prefix + "type", type == nullptr ? "" : upper(type->name));
    schema.parameter(prefix + "length", std::to_string(size.length));
    schema.parameter(prefix + "scale", std::to_string(size.scale));
    schema.parameter(prefix + "name", column.name);
}

}  // namespace walferry::encode
