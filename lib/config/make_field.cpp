#include "lib/config/make_field.hpp"

#include <algorithm>

namespace walferry::config {

const std::string* scalar_of(const node& from, faults& wrong) {
    if (from.what == node::kind::scalar) {
        return &from.text;
    }
    wrong.push_back({from.at, from.what == node::kind::nothing
                                  ? "has no value; remove the line to keep the default"
                                  : "is one value, not a list or map"});
    return nullptr;
}

std::vector<std::string> texts_of(const node& from, faults& wrong) {
    std::vector<std::string> texts;
    if (from.what != node::kind::list) {
        const bool scalar = from.what == node::kind::scalar;
        wrong.push_back({from.at, scalar ? "is a list: write [\"" + from.text + "\"]"
                                         : std::string{"is a list: write [one, two]"}});
        return texts;
    }
    for (const node& item : from.items) {
        if (const std::string* text = scalar_of(item, wrong)) {
            texts.push_back(*text);
        }
    }
    return texts;
}

std::vector<std::string> patterns_of(const node& from, pattern_subject subject, faults& wrong) {
    for (const node& item : from.items) {
        if (item.what == node::kind::scalar) {
            if (const auto one = pattern::compile(item.text, subject); !one) {
                wrong.push_back({item.at, one.error().message});
            }
        }
    }
    return texts_of(from, wrong);
}

parsed<std::int64_t> in_range(std::int64_t value, const field& limits) {
    if (value < limits.least.value_or(value) || value > limits.most.value_or(value)) {
        return tl::unexpected("is out of range (" + range_text(limits) + ")");
    }
    return value;
}

std::string not_a_choice(std::string_view given, std::string_view noun,
                         const std::vector<std::string_view>& names) {
    std::string text = "\"" + std::string{given} + "\" is not " + std::string{noun} +
                       did_you_mean(given, names) + " (";
    for (std::size_t i = 0; i < names.size(); ++i) {
        (text += i == 0 ? "" : " | ") += names[i];
    }
    return text += ")";
}

void read_columns(const node& from, columns_map& into, faults& wrong) {
    for (std::size_t i = 0; i < from.names.size(); ++i) {
        const label& name = from.names[i];
        const auto one = pattern::compile(name.text, pattern_subject::table);
        if (!one) {
            wrong.push_back({name.at, one.error().message});
        } else if (one->is_exclusion()) {
            wrong.push_back({name.at, "\"" + name.text + "\" cannot exclude here"});
        }
        const std::size_t before = wrong.size();
        std::vector<std::string> names = texts_of(from.items[i], wrong);
        if (names.empty() && wrong.size() == before) {
            wrong.push_back({from.items[i].at, "\"" + name.text + "\" names no column"});
        }
        into[name.text] = std::move(names);
    }
}

node write_columns(const columns_map& from) {
    node made = map_node();
    for (const auto& [table, names] : from) {
        put(made, table, list_node(names));
    }
    return made;
}

void read_properties(const node& from, text_map& into, faults& wrong) {
    for (std::size_t i = 0; i < from.names.size(); ++i) {
        const std::string& name = from.names[i].text;
        if (from.items[i].what == node::kind::map) {
            wrong.push_back(
                {from.names[i].at,
                 "is a property; write its dotted name in one line: " + name + ".…: value"});
        } else if (const std::string* text = scalar_of(from.items[i], wrong)) {
            into[name] = *text;
        }
    }
}

node write_properties(const text_map& from) {
    node made = map_node();
    for (const auto& [name, value] : from) {
        put(made, name, text_node(value));
    }
    return made;
}

}  // namespace walferry::config
