#include "lib/config/field.hpp"

#include "lib/config/units.hpp"

namespace walferry::config {
namespace {

std::string print_limit(value_type type, std::int64_t limit) {
    if (type == value_type::time_span) {
        return print_duration(duration{limit});
    }
    return type == value_type::size ? print_size(static_cast<std::uint64_t>(limit))
                                    : std::to_string(limit);
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) {
        (text += text.empty() ? "" : " | ") += word;
    }
    return text;
}

}  // namespace

bool is_map(value_type type) {
    return type == value_type::properties || type == value_type::columns_map;
}

bool is_structured(value_type type) {
    switch (type) {
        case value_type::text:
        case value_type::boolean:
        case value_type::number:
        case value_type::time_span:
        case value_type::size:
        case value_type::choice:
            return false;
        default:
            return true;
    }
}

std::string type_text(const field& of) {
    switch (of.type) {
        case value_type::text:
            return "text";
        case value_type::boolean:
            return "true or false";
        case value_type::number:
            return "number";
        case value_type::time_span:
            return "duration";
        case value_type::size:
            return "size";
        case value_type::choice:
            return joined(of.choices);
        case value_type::text_list:
            return of.choices.empty() ? "list of texts" : "list of " + joined(of.choices);
        case value_type::patterns:
            return "list of patterns";
        case value_type::properties:
            return "map of properties";
        case value_type::columns_map:
            return "map from table pattern to list of columns";
        case value_type::mask_rules:
        case value_type::rewrite_rules:
            return "list of rules";
        case value_type::toggle:
            return "section, or true or false";
    }
    return {};
}

std::string range_text(const field& of) {
    if (of.least && of.most) {
        return print_limit(of.type, *of.least) + " to " + print_limit(of.type, *of.most);
    }
    if (of.least) {
        return "at least " + print_limit(of.type, *of.least);
    }
    return of.most ? "at most " + print_limit(of.type, *of.most) : "";
}

}  // namespace walferry::config
