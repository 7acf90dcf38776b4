#include "lib/encode/plain_plan.hpp"

#include "decoders/values/array_text.hpp"
#include "decoders/values/date_time.hpp"
#include "lib/encode/iso_time.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/pg_types.hpp"
#include "lib/encode/type_table.hpp"

#include <charconv>

namespace walferry::encode {
namespace {

using array_token = values::array_reader::token;

// The UTF-16 unit of json's escape with four hexadecimal digits at the front; else 0.
unsigned escaped_unit(std::string_view text) {
    constexpr std::size_t length = 6;
    unsigned unit = 0;
    bool starts = text.size() >= length && text[0] == '\\' && text[1] == 'u';
    if (!starts || std::from_chars(text.data() + 2, text.data() + length, unit, 16).ptr !=
                       text.data() + length) {
        return 0;
    }
    return unit;
}

// How long the escape at the front is; 0 for none of JSON's (bytes of an unknown form are shown as
// \\x…) and for half a surrogate pair, which json takes and strict readers do not.
std::size_t escape_length(std::string_view text) {
    auto first = escaped_unit(text);
    if (first == 0) {
        bool is_escape = text.size() > 1 &&
                         std::string_view{"\"\\/bfnrtu"}.find(text[1]) != std::string_view::npos;
        return is_escape ? 2 : 0;
    }
    if (first < 0xd800 || first > 0xdfff) {
        return 6;
    }
    auto second = first < 0xdc00 ? escaped_unit(text.substr(6)) : 0;
    return second >= 0xdc00 && second <= 0xdfff ? 12 : 0;
}

// json may have line breaks between its tokens, where any blank means the same; one record is one
// line in some sinks.
bool write_json(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    auto start = out.size();
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '\\') {
            auto escape = escape_length(text.substr(i));
            if (escape == 0 || escape > text.size() - i) {
                return false;
            }
            out.append(text.substr(i, escape));
            i += escape;
            continue;
        }
        auto length = utf8_length(text.substr(i));
        if (length == 0) {
            return false;
        }
        bool blank = text[i] == '\n' || text[i] == '\r' || text[i] == '\t';
        out.append(blank ? std::string_view{" "} : text.substr(i, length));
        i += length;
    }
    return out.size() != start;
}

bool write_date(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_date(text);
    if (!value || value->size != values::extent::finite) {
        return false;
    }
    out.append('"');
    append_iso_date(out, value->days);
    out.append('"');
    return true;
}

bool write_timestamp(const value_plan& plan, std::string_view text, text_buffer& out, workspace&) {
    auto value = values::read_timestamp(text);
    if (!value || value->size != values::extent::finite) {
        return false;
    }
    out.append('"');
    append_iso_timestamp(out, value->microseconds, -1);
    out.append(plan.oid == pg::timestamptz ? "Z\"" : "\"");
    return true;
}

// Lower bounds other than 1 are in the text only. Among elements that are JSON themselves, an inner
// array or a null could be either's.
bool write_nested_array(const value_plan& plan, std::string_view text, text_buffer& out,
                        workspace& space) {
    values::array_reader elements{text, plan.element->delimiter, space.element};
    if (!elements.bounds().empty()) {
        return false;
    }
    bool first = true;
    int depth = 0;
    for (;;) {
        auto token = elements.next();
        if (token == array_token::end || token == array_token::broken) {
            return token == array_token::end;
        }
        if (token == array_token::close) {
            out.append(']');
            first = false;
            continue;
        }
        if (!first) {
            out.append(',');
        }
        first = token == array_token::open;
        if (first) {
            if (plan.element->embeds_json && depth++ > 0) {
                return false;
            }
            out.append('[');
        } else if (token == array_token::null) {
            out.append("null");
        } else {
            if (plan.element->embeds_json && is_json_null(elements.value())) {
                return false;
            }
            append_value(*plan.element, elements.value(), out, space);
        }
    }
}

write_value scalar_writer(change::oid type, const change::type_description* described) {
    switch (type) {
        case pg::boolean:
            return writers::boolean;
        case pg::int2:
        case pg::int4:
        case pg::oid:
            return writers::number;
        case pg::float4:
        case pg::float8:
            return writers::double_precision;
        case pg::money:
            return writers::money_string;
        case pg::json:
        case pg::jsonb:
            return write_json;
        case pg::date:
            return write_date;
        case pg::timestamp:
        case pg::timestamptz:
            return write_timestamp;
        case pg::interval:
            return writers::interval_iso;
        case pg::oidvector:
        case pg::int2vector:
            return writers::number_list;
        default:
            return described != nullptr && described->name == "hstore" ? writers::hstore_map
                                                                       : writers::text;
    }
}

const change::type_description* without_domain(change::oid& type, const change::catalog& types) {
    const auto* described = types.type(type);
    for (int depth = 0; described != nullptr && described->kind == 'd' && depth < 32; ++depth) {
        type = described->base;
        described = types.type(type);
    }
    return described;
}

}  // namespace

bool is_json_null(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    auto start = text.find_first_not_of(blanks);
    return start != std::string_view::npos &&
           text.substr(start, text.find_last_not_of(blanks) + 1 - start) == "null";
}

value_plan make_plain_plan(change::oid type, std::int32_t modifier, const change::catalog& types,
                           const config::event_settings& events) {
    const auto* described = without_domain(type, types);
    value_plan plan;
    plan.oid = type;
    plan.described = described;
    plan.layout = type_table{types}.find(type);
    plan.delimiter = described == nullptr ? ',' : described->delimiter;
    plan.length = (type == pg::varchar || type == pg::bpchar) && modifier > 4 ? modifier - 4 : 0;
    plan.unavailable = json_of(events.unavailable_value);
    plan.embeds_json = type == pg::json || type == pg::jsonb;
    if (described != nullptr && described->element != 0) {
        plan.element = std::make_unique<value_plan>(
            make_plain_plan(described->element, modifier, types, events));
        plan.write = write_nested_array;
    } else {
        plan.write = scalar_writer(type, described);
    }
    return plan;
}

}  // namespace walferry::encode
