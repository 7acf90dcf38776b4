#include "lib/config/gather.hpp"

#include "lib/config/document.hpp"

#include <utility>

namespace walferry::config {
namespace {

std::string joined(const std::string& name, const std::string& part) {
    return name.empty() ? part : name + "." + part;
}

// Lines and columns are told for files only.
void forget_places(node& value) {
    value.at = {};
    for (label& name : value.names) {
        name.at = {};
    }
    for (node& item : value.items) {
        forget_places(item);
    }
}

}  // namespace

void gatherer::begin(std::string source, bool refuse_twice) {
    source_ = std::move(source);
    refuses_twice_ = refuse_twice;
    seen_.clear();
}

void gatherer::complain(const place& at, std::string message) {
    wrong_.push_back({source_, at, std::move(message)});
}

void gatherer::take_file(const std::string& name, std::string_view text) {
    begin(name, true);
    const document read = read_document(text);
    for (const fault& one : read.wrong) {
        complain(one.at, one.message);
    }
    if (read.root.what == node::kind::map) {
        walk("", read.root);
    } else if (read.root.what != node::kind::nothing) {
        complain(read.root.at, "a configuration is a map of keys: \"name: shop\"");
    }
}

void gatherer::take_environment(const std::map<std::string, std::string>& environment) {
    for (const auto& [variable, value] : environment) {
        if (variable.starts_with("WALFERRY_") && !is_foreign_variable(variable)) {
            begin("env " + variable, false);
            take_text(name_of_variable(variable), value);
        }
    }
}

void gatherer::take_override(std::string_view text) {
    begin("--set", false);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        complain({}, "\"" + std::string{text} + "\" is not of the form a.b=value");
        return;
    }
    take_text(std::string{text.substr(0, equals)}, std::string{text.substr(equals + 1)});
}

// A value in text: as it is for a key of one value, in YAML for lists, maps and sections.
void gatherer::take_text(const std::string& name, const std::string& text) {
    const key* of = find_key(name);
    const key* map = find_map_key(name);
    const bool is_text = of != nullptr ? !is_structured(of->how.type)
                                       : map != nullptr && map->how.type == value_type::properties;
    if (is_text) {
        take(name, {name, {}}, text_node(text));
        return;
    }
    document read = read_document(text);
    for (const fault& one : read.wrong) {
        complain({}, name + ": " + one.message);
    }
    forget_places(read.root);
    if (read.wrong.empty()) {
        take(name, {name, {}}, read.root);
    }
}

void gatherer::walk(const std::string& name, const node& map) {
    for (std::size_t i = 0; i < map.names.size(); ++i) {
        take(joined(name, map.names[i].text), map.names[i], map.items[i]);
    }
}

void gatherer::take(const std::string& name, const label& written, const node& value) {
    if (const key* of = find_key(name)) {
        take_key(*of, value);
    } else if (find_section(name) != nullptr) {
        take_section(name, value);
    } else if (const key* map = find_map_key(name)) {
        assign(*map, name.substr(map->name.size() + 1), value);
    } else {
        complain(written.at, name + ": unknown key" + did_you_mean_key(name));
    }
}

void gatherer::take_section(const std::string& name, const node& value) {
    if (value.what == node::kind::map) {
        walk(name, value);
    } else if (value.what != node::kind::nothing) {
        complain(value.at, name + ": is a section; its keys stand indented below it");
    }
}

void gatherer::take_key(const key& of, const node& value) {
    const bool is_group = is_map(of.how.type) || of.how.type == value_type::toggle;
    if (!is_group || value.what == node::kind::scalar) {
        assign(of, "", value);
        return;
    }
    if (value.what == node::kind::list) {
        complain(value.at, std::string{of.name} + ": is a map, not a list");
        return;
    }
    if (value.what == node::kind::nothing && !of.how.toggles) {
        complain(value.at, std::string{of.name} + ": has no value; remove the line");
        return;
    }
    if (of.how.toggles) {
        node on = literal_node("true");
        on.at = value.at;
        assign(of, "", on);
    }
    walk(std::string{of.name}, value);
}

void gatherer::assign(const key& of, const std::string& entry, const node& value) {
    const std::string name =
        entry.empty() ? std::string{of.name} : std::string{of.name} + "." + entry;
    if (!seen_.insert(name).second && refuses_twice_) {
        complain(value.at, name + ": stands twice");
        return;
    }
    const key* toggle = find_toggle(name);
    if (toggle != nullptr && toggle->name != name && !seen_.contains(std::string{toggle->name})) {
        node on = literal_node("true");
        on.at = value.at;
        assignments_[std::string{toggle->name}] = {toggle, "", on, source_};
    }
    assignments_[name] = {&of, entry, value, source_};
}

}  // namespace walferry::config
