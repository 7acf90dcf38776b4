#include "lib/encode/column_schema.hpp"

#include "lib/encode/fixed_schemas.hpp"

namespace walferry::encode {
namespace {

std::string_view type_name(event_type type) {
    switch (type) {
        case event_type::boolean:
            return "boolean";
        case event_type::int16:
            return "int16";
        case event_type::int32:
            return "int32";
        case event_type::int64:
            return "int64";
        case event_type::float32:
            return "float";
        case event_type::float64:
            return "double";
        case event_type::string:
            return "string";
        case event_type::bytes:
        case event_type::decimal:
            return "bytes";
        case event_type::variable_decimal:
        case event_type::point:
            return "struct";
        case event_type::map:
            return "map";
        case event_type::array:
            return "array";
    }
    return "string";
}

connect_schema container_of(const value_plan& plan) {
    if (plan.type == event_type::array) {
        return connect_schema::array_of(schema_of(*plan.element).optional());
    }
    if (plan.type == event_type::map) {
        return connect_schema::map_of(connect_schema{"string"},
                                      connect_schema{"string"}.optional());
    }
    return connect_schema{type_name(plan.type)};
}

std::string joined(const std::vector<std::string>& labels) {
    std::string text;
    for (const auto& label : labels) {
        text += (text.empty() ? "" : ",") + label;
    }
    return text;
}

void add_parts(connect_schema& schema, const value_plan& plan) {
    if (plan.type == event_type::decimal) {
        schema.parameter("scale", std::to_string(plan.scale));
        if (plan.precision > 0) {
            schema.parameter("connect.decimal.precision", std::to_string(plan.precision));
        }
    } else if (plan.type == event_type::variable_decimal) {
        schema.documented("Variable scaled decimal");
        schema.field("scale", connect_schema{"int32"}).field("value", connect_schema{"bytes"});
    } else if (plan.type == event_type::point) {
        schema.documented("Geometry (POINT)");
        schema.field("x", connect_schema{"double"}).field("y", connect_schema{"double"});
        schema.field("wkb", connect_schema{"bytes"}.optional());
        schema.field("srid", connect_schema{"int32"}.optional());
    } else if (plan.semantic == "io.debezium.data.Bits") {
        schema.parameter("length", std::to_string(plan.length));
    } else if (plan.semantic == "io.debezium.data.Enum" && plan.described != nullptr) {
        schema.parameter("allowed", joined(plan.described->labels));
    }
}

}  // namespace

connect_schema schema_of(const value_plan& plan) {
    auto schema = container_of(plan);
    if (!plan.semantic.empty()) {
        schema.named(std::string{plan.semantic});
    }
    add_parts(schema, plan);
    return schema;
}

void add_mask(connect_schema& schema, const config::mask_rule& rule) {
    if (rule.what == config::mask_rule::kind::truncate) {
        schema.parameter("truncateLength", std::to_string(rule.length));
    } else {
        schema.parameter("masked", "true");
    }
}

}  // namespace walferry::encode
