// Arrays, hstore, point.
#include "decoders/values/array_text.hpp"
#include "decoders/values/hstore_text.hpp"
#include "lib/encode/java_order.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/value_plan.hpp"

#include <bit>
#include <charconv>
#include <cstring>

namespace walferry::encode::writers {
namespace {

using array_token = values::array_reader::token;
using hstore_token = values::hstore_reader::token;

bool append_hstore(std::string_view text, text_buffer& out, workspace& space) {
    values::hstore_reader pairs{text, space.name, space.element};
    out.append('{');
    for (bool first = true;; first = false) {
        auto token = pairs.next();
        if (token != hstore_token::pair) {
            out.append('}');
            return token == hstore_token::end;
        }
        if (!first) {
            out.append(',');
        }
        append_json(out, pairs.key());
        out.append(':');
        if (pairs.is_null()) {
            out.append("null");
        } else {
            append_json(out, pairs.value());
        }
    }
}

bool append_double_le(text_buffer& out, std::string_view text) {
    double value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        return false;
    }
    auto word = std::bit_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i) {
        out.append(static_cast<char>(word >> (8 * i)));
    }
    return true;
}

}  // namespace

bool array(const value_plan& plan, std::string_view text, text_buffer& out, workspace& space) {
    values::array_reader elements{text, plan.element->delimiter, space.element};
    if (elements.dimensions() != 1 || elements.next() != array_token::open) {
        return false;
    }
    out.append('[');
    for (bool first = true;; first = false) {
        auto token = elements.next();
        if (token == array_token::close) {
            out.append(']');
            return elements.next() == array_token::end;
        }
        if (token != array_token::value && token != array_token::null) {
            return false;
        }
        if (!first) {
            out.append(',');
        }
        if (token == array_token::null) {
            out.append("null");
        } else {
            append_value(*plan.element, elements.value(), out, space);
        }
    }
}

// An element of an array lives in space.element, which the reader of pairs needs.
bool hstore_map(const value_plan&, std::string_view text, text_buffer& out, workspace& space) {
    space.bytes.clear();
    space.bytes.append(text);
    return append_hstore(space.bytes.view(), out, space);
}

bool hstore_json(const value_plan&, std::string_view text, text_buffer& out, workspace& space) {
    space.bytes.clear();
    space.bytes.append(text);
    space.text.clear();
    if (!append_in_java_order(space.bytes.view(), space.text, space)) {
        return false;
    }
    append_json(out, space.text.view());
    return true;
}

// Little-endian WKB of a point, as PostGIS writes it without SRID.
bool point(const value_plan& plan, std::string_view text, text_buffer& out, workspace& space) {
    auto comma = text.find(',');
    if (!text.starts_with('(') || !text.ends_with(')') || comma == std::string_view::npos) {
        return false;
    }
    auto x = text.substr(1, comma - 1);
    auto y = text.substr(comma + 1, text.size() - comma - 2);
    space.bytes.clear();
    space.bytes.append({"\x01\x01\x00\x00\x00", 5});
    out.append("{\"x\":");
    if (!double_precision(plan, x, out, space) || !append_double_le(space.bytes, x)) {
        return false;
    }
    out.append(",\"y\":");
    if (!double_precision(plan, y, out, space) || !append_double_le(space.bytes, y)) {
        return false;
    }
    out.append(",\"wkb\":\"");
    append_base64(out, space.bytes.view());
    out.append("\",\"srid\":null}");
    return true;
}

}  // namespace walferry::encode::writers
