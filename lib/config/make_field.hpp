#pragma once

#include "lib/config/choices.hpp"
#include "lib/config/field.hpp"
#include "lib/config/nearest.hpp"
#include "lib/config/pattern.hpp"
#include "lib/config/units.hpp"

#include <algorithm>
#include <concepts>
#include <limits>
#include <string>
#include <utility>

// Makers of fields for the table of keys. `at` is a member of settings: AT(source.slot).
#define WALFERRY_AT(member)  \
    [](auto& all) -> auto& { \
        return all.member;   \
    }

namespace walferry::config {

// Nothing, with a fault, when the node is not a scalar.
const std::string* scalar_of(const node& from, faults& wrong);
std::vector<std::string> texts_of(const node& from, faults& wrong);
std::vector<std::string> patterns_of(const node& from, pattern_subject subject, faults& wrong);
parsed<std::int64_t> in_range(std::int64_t value, const field& limits);

using columns_map = std::map<std::string, std::vector<std::string>>;
using text_map = std::map<std::string, std::string>;

void read_columns(const node& from, columns_map& into, faults& wrong);
node write_columns(const columns_map& from);
void read_properties(const node& from, text_map& into, faults& wrong);
node write_properties(const text_map& from);
std::vector<mask_rule> masks_of(const node& from, faults& wrong);
node write_masks(const std::vector<mask_rule>& from);
std::vector<topic_settings::rewrite_rule> rewrites_of(const node& from, faults& wrong);
node write_rewrites(const std::vector<topic_settings::rewrite_rule>& from);

// Any value that is one scalar.
template <typename access, typename parser, typename printer>
field scalar_field(value_type type, access at, parser parse, printer print) {
    field made;
    made.type = type;
    made.write = [at, parse](settings& all, const node& from, faults& wrong) {
        const std::string* text = scalar_of(from, wrong);
        if (text == nullptr) {
            return;
        }
        auto value = parse(*text);
        if (value) {
            at(all) = std::move(*value);
        } else {
            wrong.push_back({from.at, value.error()});
        }
    };
    made.read = [at, print](const settings& all) { return print(at(all)); };
    return made;
}

// Any value that a function makes of a node.
template <typename access, typename reader, typename printer>
field node_field(value_type type, access at, reader read, printer print) {
    field made;
    made.type = type;
    made.write = [at, read](settings& all, const node& from, faults& wrong) {
        const std::size_t before = wrong.size();
        auto value = read(from, wrong);
        if (wrong.size() == before) {
            at(all) = std::move(value);
        }
    };
    made.read = [at, print](const settings& all) { return print(at(all)); };
    return made;
}

template <typename access>
field text(access at) {
    return scalar_field(
        value_type::text, at, [](const std::string& given) { return parsed<std::string>{given}; },
        [](const std::string& value) { return text_node(value); });
}

template <typename access>
field boolean(access at) {
    return scalar_field(value_type::boolean, at, parse_boolean,
                        [](bool value) { return literal_node(value ? "true" : "false"); });
}

// Wraps a parser so that the limits apply; the value is cast to the member's type.
template <typename member, typename parser>
auto limited(parser parse, value_type type, std::int64_t least, std::int64_t most) {
    return [=](const std::string& given) -> parsed<member> {
        const auto value = parse(given);
        if (!value) {
            return tl::unexpected(value.error());
        }
        field limits;
        limits.type = type;
        limits.least = least;
        limits.most = most;
        std::int64_t counted = 0;
        if constexpr (std::same_as<member, duration>) {
            counted = value->count();
        } else {
            counted = static_cast<std::int64_t>(*value);
        }
        const parsed<std::int64_t> checked = in_range(counted, limits);
        return checked ? parsed<member>{static_cast<member>(*checked)}
                       : tl::unexpected("\"" + given + "\" " + checked.error());
    };
}

inline field with_limits(field made, std::int64_t least, std::int64_t most) {
    made.least = least;
    made.most = most;
    return made;
}

template <typename member, typename access>
field number(access at, std::int64_t least, std::int64_t most) {
    return with_limits(
        scalar_field(value_type::number, at,
                     limited<member>(parse_number, value_type::number, least, most),
                     [](member value) { return literal_node(std::to_string(value)); }),
        least, most);
}

template <typename access>
field size(access at, std::uint64_t least, std::uint64_t most) {
    const auto from = static_cast<std::int64_t>(least);
    const auto to = static_cast<std::int64_t>(most);
    return with_limits(
        scalar_field(value_type::size, at,
                     limited<std::uint64_t>(parse_size, value_type::size, from, to),
                     [](std::uint64_t value) { return text_node(print_size(value)); }),
        from, to);
}

template <typename access>
field time(access at, duration least, duration most) {
    return with_limits(
        scalar_field(
            value_type::time_span, at,
            limited<duration>(parse_duration, value_type::time_span, least.count(), most.count()),
            [](duration value) { return text_node(print_duration(value)); }),
        least.count(), most.count());
}

std::string not_a_choice(std::string_view given, std::string_view noun,
                         const std::vector<std::string_view>& names);

template <typename value, typename access>
field choice(access at) {
    const choice_list<value>& list = choices_of<value>();
    std::vector<std::string_view> names;
    for (const auto& known : list.names) {
        names.push_back(known.second);
    }
    field made = scalar_field(
        value_type::choice, at,
        [&list, names](const std::string& given) -> parsed<value> {
            for (const auto& [known, name] : list.names) {
                if (name == given) {
                    return known;
                }
            }
            return tl::unexpected(not_a_choice(given, list.noun, names));
        },
        [](value which) { return text_node(std::string{name_of(which)}); });
    made.noun = list.noun;
    made.choices = std::move(names);
    return made;
}

template <typename access>
field texts(access at) {
    return node_field(value_type::text_list, at, texts_of, list_node);
}

// A list whose members are of a few words, each at most once.
template <typename access>
field words(access at, std::string_view noun, const std::vector<std::string_view>& allowed) {
    field made = node_field(
        value_type::text_list, at,
        [noun, allowed](const node& from, faults& wrong) {
            std::vector<std::string> given = texts_of(from, wrong);
            for (std::size_t i = 0; i < given.size() && given.size() == from.items.size(); ++i) {
                const auto here = given.begin() + static_cast<std::ptrdiff_t>(i);
                if (std::find(allowed.begin(), allowed.end(), given[i]) == allowed.end()) {
                    wrong.push_back({from.items[i].at, not_a_choice(given[i], noun, allowed)});
                } else if (std::find(given.begin(), here, given[i]) != here) {
                    wrong.push_back({from.items[i].at, "\"" + given[i] + "\" stands twice"});
                }
            }
            return given;
        },
        list_node);
    made.noun = noun;
    made.choices = allowed;
    return made;
}

template <typename access>
field patterns(access at, pattern_subject subject) {
    return node_field(
        value_type::patterns, at,
        [subject](const node& from, faults& wrong) { return patterns_of(from, subject, wrong); },
        list_node);
}

// One pattern or nothing.
template <typename access>
field table_pattern(access at) {
    return scalar_field(
        value_type::text, at,
        [](const std::string& given) -> parsed<std::string> {
            const auto one = pattern::compile(given, pattern_subject::table);
            if (!given.empty() && !one) {
                return tl::unexpected(one.error().message);
            }
            return given;
        },
        [](const std::string& value) { return text_node(value); });
}

template <typename access, typename reader, typename printer>
field map_field(value_type type, access at, reader read, printer print) {
    field made;
    made.type = type;
    made.write = [at, read](settings& all, const node& from, faults& wrong) {
        read(from, at(all), wrong);
    };
    made.read = [at, print](const settings& all) { return print(at(all)); };
    return made;
}

template <typename access>
field columns(access at) {
    return map_field(value_type::columns_map, at, read_columns, write_columns);
}

template <typename access>
field properties(access at) {
    return map_field(value_type::properties, at, read_properties, write_properties);
}

// Properties of a section that `enabled` switches on; a scalar true or false only switches.
template <typename access, typename switch_access>
field switched_properties(access at, switch_access enabled) {
    field made = properties(at);
    made.toggles = true;
    made.write = [at, switching = boolean(enabled)](settings& all, const node& from,
                                                    faults& wrong) {
        if (from.what == node::kind::scalar) {
            switching.write(all, from, wrong);
        } else {
            read_properties(from, at(all), wrong);
        }
    };
    return made;
}

template <typename access>
field toggle(access at) {
    field made = boolean(at);
    made.type = value_type::toggle;
    made.toggles = true;
    return made;
}

}  // namespace walferry::config
