#include "lib/config/node.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace walferry::config {
namespace {

// What another YAML reader would take for something else than text.
bool looks_typed(std::string_view text) {
    constexpr std::array<std::string_view, 11> words = {"true", "false", "null", "yes", "no", "on",
                                                        "off",  "~",     "y",    "n",   ""};
    std::string lower{text};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (std::find(words.begin(), words.end(), lower) != words.end()) {
        return true;
    }
    return text.find_first_of("0123456789") != std::string_view::npos &&
           text.find_first_not_of("0123456789+-.eExX_:") == std::string_view::npos;
}

bool is_plain(std::string_view text) {
    constexpr std::string_view never = "\"'{}[],#&*!|>%@`\\\n\r\t";
    if (looks_typed(text) || text.find_first_of(never) != std::string_view::npos) {
        return false;
    }
    const bool edges = text.front() == ' ' || text.back() == ' ' || text.back() == ':' ||
                       text.front() == '-' || text.front() == '?' || text.front() == ':';
    const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    return !edges && !controls && text.find(": ") == std::string_view::npos;
}

std::string quote(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string quoted = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            (quoted += '\\') += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            (quoted += "\\x") += hex[byte >> 4];
            quoted += hex[byte & 15];
        } else {
            quoted += c;
        }
    }
    return quoted += '"';
}

std::string flow_text(std::string_view text) {
    return is_plain(text) ? std::string{text} : quote(text);
}

}  // namespace

node text_node(std::string text) {
    node made;
    made.what = node::kind::scalar;
    made.text = std::move(text);
    return made;
}

node literal_node(std::string text) {
    node made = text_node(std::move(text));
    made.literal = true;
    return made;
}

node list_node(const std::vector<std::string>& texts) {
    node made;
    made.what = node::kind::list;
    for (const std::string& text : texts) {
        made.items.push_back(text_node(text));
    }
    return made;
}

node map_node() {
    node made;
    made.what = node::kind::map;
    return made;
}

void put(node& map, std::string name, node value) {
    map.names.push_back({std::move(name), value.at});
    map.items.push_back(std::move(value));
}

const node* find(const node& map, std::string_view name) {
    for (std::size_t i = 0; i < map.names.size(); ++i) {
        if (map.names[i].text == name) {
            return &map.items[i];
        }
    }
    return nullptr;
}

std::string to_flow(const node& value) {
    if (value.what == node::kind::nothing) {
        return "null";
    }
    if (value.what == node::kind::scalar) {
        return value.literal ? value.text : flow_text(value.text);
    }
    const bool is_map = value.what == node::kind::map;
    std::string flow{is_map ? '{' : '['};
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        flow += i == 0 ? "" : ", ";
        flow += is_map ? flow_text(value.names[i].text) + ": " : "";
        flow += to_flow(value.items[i]);
    }
    return flow += is_map ? '}' : ']';
}

std::string to_string(const place& at) {
    return at.line == 0 ? "" : std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace walferry::config
