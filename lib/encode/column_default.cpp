#include "lib/encode/column_default.hpp"

#include "lib/encode/pg_types.hpp"

#include <algorithm>
#include <optional>

namespace walferry::encode {
namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

// now(), (lower('x'::text)), CURRENT_TIMESTAMP(3), CURRENT_DATE: made anew for each row.
bool is_function(std::string_view expression) {
    for (std::string_view moment :
         {"CURRENT_TIMESTAMP", "CURRENT_TIME", "CURRENT_DATE", "LOCALTIME", "LOCALTIMESTAMP"}) {
        if (expression == moment) {
            return true;
        }
    }
    expression.remove_prefix(expression.starts_with('(') ? 1 : 0);
    auto end = std::find_if_not(expression.begin(), expression.end(), is_name_character);
    auto rest = expression.substr(static_cast<std::size_t>(end - expression.begin()));
    return rest.size() < expression.size() && rest.starts_with('(') &&
           rest.find(')') != std::string_view::npos;
}

// `::integer`, `::"bit"`, `::character varying(9)`, or nothing.
bool is_cast(std::string_view text) {
    if (text.empty()) {
        return true;
    }
    return text.starts_with("::") && text.find('\'') == std::string_view::npos &&
           text.find("::", 2) == std::string_view::npos && text.find('|') == std::string_view::npos;
}

// The constant '…', E'…' or B'…' as it stands between its quotes; nothing when more follows it.
std::optional<std::string> quoted_constant(std::string_view expression) {
    bool escapes = expression.starts_with('E');
    bool marked = escapes || expression.starts_with('B');
    expression.remove_prefix(marked ? 1 : 0);
    if (!expression.starts_with('\'')) {
        return std::nullopt;
    }
    std::string value;
    for (std::size_t i = 1; i < expression.size(); ++i) {
        char c = expression[i];
        bool pair = i + 1 < expression.size() && expression[i + 1] == c;
        if ((c == '\'' || (c == '\\' && escapes)) && pair) {
            ++i;
        } else if (c == '\'') {
            return is_cast(expression.substr(i + 1)) ? std::optional{value} : std::nullopt;
        }
        value += c;
    }
    return std::nullopt;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.-+eE") == std::string_view::npos &&
           text.find_first_of("0123456789") != std::string_view::npos;
}

// true, 7, 1.25, '-5'::integer, ('x'::text); nothing for all else.
std::optional<std::string> constant(std::string_view expression) {
    if (expression.starts_with('(') && expression.ends_with(')')) {
        expression = expression.substr(1, expression.size() - 2);
    }
    if (auto quoted = quoted_constant(expression)) {
        return quoted;
    }
    auto bare = expression.substr(0, expression.find("::"));
    if (!is_cast(expression.substr(bare.size()))) {
        return std::nullopt;
    }
    if (bare == "true" || bare == "false") {
        return bare == "true" ? "t" : "f";
    }
    return is_number(bare) ? std::optional<std::string>{bare} : std::nullopt;
}

// PostgreSQL's text of what stands for the result of a function; nothing: the type has no default.
std::optional<std::string_view> placeholder(const value_plan& plan) {
    switch (plan.oid) {
        case pg::boolean:
            return "f";
        case pg::int2:
        case pg::int4:
        case pg::int8:
        case pg::float4:
        case pg::float8:
        case pg::numeric:
            return "0";
        case pg::bit:
            return plan.length == 1 ? "0" : "00";
        case pg::varbit:
            return "0";
        case pg::bpchar:
        case pg::varchar:
        case pg::text:
        case pg::xml:
            return "";
        case pg::json:
        case pg::jsonb:
            return "{}";
        case pg::uuid:
            return "00000000-0000-0000-0000-000000000000";
        case pg::date:
            return "1970-01-01";
        case pg::time:
        case pg::interval:
            return "00:00:00";
        case pg::timestamp:
            return "1970-01-01 00:00:00";
        case pg::timestamptz:
            return "1970-01-01 00:00:00+00";
        default:
            return std::nullopt;
    }
}

bool has_defaults(const value_plan& plan) {
    bool label = plan.described != nullptr && plan.described->kind == 'e';
    return plan.type != event_type::variable_decimal && (label || placeholder(plan).has_value());
}

// numeric(8,3) prints 1.25 as 1.250, bit(3) has its three digits already.
std::string as_stored(const value_plan& plan, std::string text) {
    if (plan.oid != pg::numeric || plan.scale <= 0 || !is_number(text) ||
        text.find_first_of("eE") != std::string::npos) {
        return text;
    }
    auto point = text.find('.');
    auto digits = point == std::string::npos ? 0 : text.size() - point - 1;
    text += point == std::string::npos ? "." : "";
    auto wanted = static_cast<std::size_t>(plan.scale);
    return digits < wanted ? text.append(wanted - digits, '0') : text;
}

}  // namespace

std::string default_json(const value_plan& plan, const change::column_description& column) {
    std::string_view expression = column.default_expression;
    if (expression.empty() || plan.hidden_by != nullptr || !has_defaults(plan)) {
        return {};
    }
    std::optional<std::string> text = constant(expression);
    if (!text && is_function(expression)) {
        if (auto zero = placeholder(plan)) {
            text = *zero;
        }
    }
    if (!text) {
        return {};
    }
    text_buffer out;
    workspace space;
    bool fits = plan.write(plan, as_stored(plan, std::move(*text)), out, space);
    return fits ? std::string{out.view()} : std::string{};
}

}  // namespace walferry::encode
