#include "lib/config/show.hpp"

#include "lib/config/connection_text.hpp"
#include "lib/config/json_of.hpp"
#include "lib/config/kafka_properties.hpp"
#include "lib/config/keys.hpp"
#include "lib/config/outline.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace walferry::config {
namespace {

struct row {
    std::string section;
    std::string leaf;
    node value;
    std::string origin;
    bool opens_section = false;  // a switch that is on: its keys follow
};

std::string name_of(const row& one) {
    return one.section.empty() ? one.leaf : one.section + "." + one.leaf;
}

void hide_salts(node& masks) {
    for (node& mask : masks.items) {
        for (std::size_t i = 0; i < mask.names.size(); ++i) {
            if (mask.names[i].text == "salt") {
                mask.items[i] = text_node("***");
            }
        }
    }
}

bool is_hidden(const key& of, const std::string& leaf, const node& value) {
    return (of.secret == secrecy::hidden && !value.text.empty()) ||
           (of.secret == secrecy::property_by_name && is_secret_property(leaf));
}

row make_row(const configuration& loaded, const key& of, std::string section, std::string leaf,
             node value) {
    row made{std::move(section), std::move(leaf), std::move(value), "default"};
    const std::string name = name_of(made);
    if (const auto origin = loaded.origins.find(name); origin != loaded.origins.end()) {
        made.origin = origin->second;
    }
    if (const auto shown = loaded.shown.find(name); shown != loaded.shown.end()) {
        made.value = shown->second;
    }
    if (is_hidden(of, made.leaf, made.value)) {
        made.value = text_node("***");
    } else if (of.secret == secrecy::url_password) {
        made.value.text = without_password(made.value.text);
    } else if (of.secret == secrecy::salt) {
        hide_salts(made.value);
    }
    return made;
}

bool is_on(const configuration& loaded, const key& toggle) {
    if (toggle.how.type == value_type::properties) {
        return loaded.values.sink.kafka.enabled;
    }
    return toggle.how.read(loaded.values).text == "true";
}

void add_rows(const configuration& loaded, const key& of, std::vector<row>& rows) {
    const key* toggle = find_toggle(of.name);
    if (toggle != nullptr && !is_on(loaded, *toggle)) {
        return;
    }
    const node value = of.how.read(loaded.values);
    const bool is_switch = of.how.type == value_type::toggle;
    if (of.how.type != value_type::properties || (value.items.empty() && !of.how.toggles)) {
        rows.push_back(make_row(loaded, of, std::string{section_of(of.name)},
                                std::string{last_part(of.name)}, value));
        rows.back().opens_section = is_switch;
        return;
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        rows.push_back(
            make_row(loaded, of, std::string{of.name}, value.names[i].text, value.items[i]));
    }
}

std::vector<row> rows_of(const configuration& loaded) {
    std::vector<row> rows;
    for (const key& of : all_keys()) {
        add_rows(loaded, of, rows);
    }
    return rows;
}

}  // namespace

std::string show_yaml(const configuration& loaded) {
    outline lines;
    for (const row& one : rows_of(loaded)) {
        if (one.opens_section) {
            lines.open(name_of(one), one.origin);
        } else {
            lines.put(one.section, one.leaf, to_flow(one.value), one.origin);
        }
    }
    return lines.text();
}

std::string show_json(const configuration& loaded) {
    nlohmann::ordered_json shown;
    shown["file"] =
        loaded.file.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(loaded.file);
    for (const row& one : rows_of(loaded)) {
        shown["settings"][name_of(one)] = {{"value", json_of(one.value)}, {"origin", one.origin}};
    }
    return shown.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace walferry::config
