#include "lib/encode/value_plan.hpp"

#include "lib/encode/json_text.hpp"
#include "lib/encode/pg_types.hpp"
#include "lib/encode/plan_parts.hpp"
#include "lib/encode/type_table.hpp"
#include "lib/encode/unavailable.hpp"

namespace walferry::encode {
namespace {

using config::decimal_mode;

// numeric(p,s): the scale has eleven bits with a sign since PostgreSQL 15.
void plan_numeric(value_plan& plan, std::int32_t modifier, decimal_mode mode) {
    bool declared = modifier >= 4;
    if (declared) {
        plan.scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
        plan.precision = ((modifier - 4) >> 16) & 0xffff;
    }
    if (mode == decimal_mode::string) {
        return choose(plan, {writers::text, event_type::string});
    }
    if (mode == decimal_mode::double_precision) {
        return choose(plan, {writers::decimal_double, event_type::float64});
    }
    if (!declared) {
        return choose(plan, {writers::decimal_variable, event_type::variable_decimal,
                             "io.debezium.data.VariableScaleDecimal"});
    }
    choose(plan, {writers::decimal_precise, event_type::decimal,
                  "org.apache.kafka.connect.data.Decimal"});
}

void plan_money(value_plan& plan, const config::event_settings& events) {
    plan.scale = events.money_digits;
    switch (events.decimal) {
        case decimal_mode::string:
            return choose(plan, {writers::money_string, event_type::string});
        case decimal_mode::double_precision:
            return choose(plan, {writers::money_double, event_type::float64});
        case decimal_mode::precise:
            return choose(plan, {writers::money_precise, event_type::decimal,
                                 "org.apache.kafka.connect.data.Decimal"});
    }
}

void plan_bits(value_plan& plan, std::int32_t modifier) {
    plan.length = modifier < 0 ? 2'147'483'647 : modifier;
    if (plan.length == 1) {
        return choose(plan, {writers::bit, event_type::boolean});
    }
    choose(plan, {writers::bits, event_type::bytes, "io.debezium.data.Bits"});
}

void plan_bytea(value_plan& plan, config::binary_mode mode) {
    plan.binary = mode;
    bool bytes = mode == config::binary_mode::bytes;
    choose(plan, {writers::bytea, bytes ? event_type::bytes : event_type::string});
}

void plan_hstore(value_plan& plan, config::hstore_mode mode) {
    if (mode == config::hstore_mode::map) {
        return choose(plan, {writers::hstore_map, event_type::map});
    }
    choose(plan, {writers::hstore_json, event_type::string, "io.debezium.data.Json"});
}

// What Debezium leaves out, unless told otherwise.
void plan_unknown(value_plan& plan, const config::event_settings& events) {
    plan.known = false;
    plan.binary = events.binary;
    if (events.unknown != config::unknown_types::bytes) {
        return choose(plan, {writers::text, event_type::string});
    }
    bool bytes = events.binary == config::binary_mode::bytes;
    choose(plan, {writers::text_as_bytes, bytes ? event_type::bytes : event_type::string});
}

bool plan_number(value_plan& plan, change::oid type) {
    switch (type) {
        case pg::boolean:
            return choose(plan, {writers::boolean, event_type::boolean}), true;
        case pg::int2:
            return choose(plan, {writers::number, event_type::int16}), true;
        case pg::int4:
            return choose(plan, {writers::number, event_type::int32}), true;
        case pg::int8:
        case pg::oid:
            return choose(plan, {writers::number, event_type::int64}), true;
        case pg::float4:
            return choose(plan, {writers::double_precision, event_type::float32}), true;
        case pg::float8:
            return choose(plan, {writers::double_precision, event_type::float64}), true;
        default:
            return false;
    }
}

bool plan_text(value_plan& plan, change::oid type, std::int32_t modifier) {
    auto as = [&plan](std::string_view semantic) {
        choose(plan, {writers::text, event_type::string, semantic});
        return true;
    };
    switch (type) {
        case pg::varchar:
        case pg::bpchar:
            plan.length = modifier > 4 ? modifier - 4 : 0;
            return as({});
        case pg::text:
        case pg::name:
        case pg::character:
        case pg::inet:
        case pg::cidr:
        case pg::macaddr:
        case pg::macaddr8:
        case pg::int4range:
        case pg::int8range:
        case pg::numrange:
        case pg::daterange:
        case pg::tsrange:
        case pg::tstzrange:
            return as({});
        case pg::json:
        case pg::jsonb:
            return as("io.debezium.data.Json");
        case pg::xml:
            return as("io.debezium.data.Xml");
        case pg::uuid:
            return as("io.debezium.data.Uuid");
        case pg::tsvector:
            return as("io.debezium.data.Tsvector");
        default:
            return false;
    }
}

bool plan_other(value_plan& plan, change::oid type, std::int32_t modifier,
                const config::event_settings& events) {
    switch (type) {
        case pg::numeric:
            return plan_numeric(plan, modifier, events.decimal), true;
        case pg::money:
            return plan_money(plan, events), true;
        case pg::bytea:
            return plan_bytea(plan, events.binary), true;
        case pg::bit:
        case pg::varbit:
            return plan_bits(plan, modifier), true;
        case pg::point:
            return choose(plan,
                          {writers::point, event_type::point, "io.debezium.data.geometry.Point"}),
                   true;
        default:
            return false;
    }
}

// Types of extensions have other OIDs in every database: their name says what they are.
bool plan_named(value_plan& plan, const change::type_description& type,
                const config::event_settings& events) {
    if (type.kind == 'e') {
        choose(plan, {writers::text, event_type::string, "io.debezium.data.Enum"});
    } else if (type.name == "hstore") {
        plan_hstore(plan, events.hstore);
    } else if (type.name == "citext") {
        choose(plan, {writers::text, event_type::string});
    } else if (type.name == "ltree") {
        choose(plan, {writers::text, event_type::string, "io.debezium.data.Ltree"});
    } else {
        return false;
    }
    return true;
}

bool plan_scalar(value_plan& plan, change::oid type, std::int32_t modifier,
                 const change::type_description* described, const config::event_settings& events) {
    plan.oid = type;
    plan.described = described;
    plan.delimiter = described == nullptr ? ',' : described->delimiter;
    return plan_number(plan, type) || plan_text(plan, type, modifier) ||
           plan_time_type(plan, type, modifier, events) ||
           plan_other(plan, type, modifier, events) ||
           (described != nullptr && plan_named(plan, *described, events));
}

// Element types whose arrays Debezium publishes as arrays.
bool is_array_element(const value_plan& element) {
    switch (element.oid) {
        case pg::money:
        case pg::name:
        case pg::character:
        case pg::interval:
        case pg::xml:
        case pg::point:
        case pg::bit:
        case pg::varbit:
        case pg::tsvector:
            return false;
        default:
            return true;
    }
}

}  // namespace

value_plan make_value_plan(change::oid type, std::int32_t modifier, const change::catalog& types,
                           const config::event_settings& events) {
    const auto* described = types.type(type);
    for (int depth = 0; described != nullptr && described->kind == 'd' && depth < 32; ++depth) {
        modifier = modifier < 0 ? described->base_modifier : modifier;
        type = described->base;
        described = types.type(type);
    }
    value_plan plan;
    plan.oid = type;
    if (type == pg::oidvector || type == pg::int2vector) {
        choose(plan, {writers::number_list, event_type::array});
        plan.element = std::make_unique<value_plan>();
        plan_number(*plan.element, type == pg::oidvector ? pg::oid : pg::int2);
    } else if (described != nullptr && described->element != 0) {
        auto element = std::make_unique<value_plan>();
        const auto* of = types.type(described->element);
        if (plan_scalar(*element, described->element, modifier, of, events) &&
            is_array_element(*element)) {
            choose(plan, {writers::array, event_type::array});
            plan.element = std::move(element);
        } else {
            plan_unknown(plan, events);
        }
    } else if (!plan_scalar(plan, type, modifier, described, events)) {
        plan_unknown(plan, events);
    }
    plan.described = described;
    plan.layout = type_table{types}.find(type);
    plan.unavailable = unavailable_json(plan, events);
    return plan;
}

}  // namespace walferry::encode
