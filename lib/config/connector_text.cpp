#include "lib/config/connector_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace walferry::config {
namespace {

constexpr std::string_view spaces = " \t\f";

std::string utf8_of(unsigned int code) {
    std::string text;
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | (code >> 6));
        text += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        text += static_cast<char>(0xE0 | (code >> 12));
        text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (code & 0x3F));
    }
    return text;
}

// The character behind a backslash at `at`, and moves behind it.
std::string unescape(std::string_view line, std::size_t& at) {
    const char c = line[at++];
    if (c == 'u' && at + 4 <= line.size()) {
        unsigned int code = 0;
        std::from_chars(line.data() + at, line.data() + at + 4, code, 16);
        at += 4;
        return utf8_of(code);
    }
    constexpr std::string_view letters = "tnrf";
    constexpr std::string_view meanings = "\t\n\r\f";
    const std::size_t known = letters.find(c);
    return std::string(1, known == std::string_view::npos ? c : meanings[known]);
}

// Lines without comments, those that end with a backslash joined with the next.
std::vector<std::string> logical_lines(std::string_view text) {
    std::vector<std::string> lines;
    bool continues = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        line.remove_prefix(std::min(line.find_first_not_of(spaces), line.size()));
        const bool is_comment = line.empty() || line.front() == '#' || line.front() == '!';
        if (!continues && is_comment) {
            continue;
        }
        const std::size_t last = line.find_last_not_of('\\');
        const std::size_t slashes = line.size() - (last == std::string_view::npos ? 0 : last + 1);
        const bool goes_on = slashes % 2 == 1;
        line.remove_suffix(goes_on ? 1 : 0);
        if (continues) {
            lines.back() += line;
        } else {
            lines.emplace_back(line);
        }
        continues = goes_on;
    }
    return lines;
}

void add_line(std::string_view line, std::map<std::string, std::string>& into) {
    std::string name;
    std::size_t at = 0;
    while (at < line.size() && std::string_view{"=: \t\f"}.find(line[at]) == line.npos) {
        const bool escaped = line[at] == '\\' && at + 1 < line.size();
        name += escaped ? unescape(line, ++at) : std::string(1, line[at++]);
    }
    const auto skip = [&](std::string_view what) {
        while (at < line.size() && what.find(line[at]) != what.npos) {
            ++at;
        }
    };
    skip(spaces);
    at += at < line.size() && (line[at] == '=' || line[at] == ':') ? 1u : 0u;
    skip(spaces);
    std::string value;
    while (at < line.size()) {
        const bool escaped = line[at] == '\\' && at + 1 < line.size();
        value += escaped ? unescape(line, ++at) : std::string(1, line[at++]);
    }
    into[name] = value;
}

void read_json(std::string_view text, connector_text& into) {
    const auto read = nlohmann::json::parse(text, nullptr, false);
    if (!read.is_object()) {
        into.wrong.emplace_back("not valid JSON: an object of properties is expected");
        return;
    }
    const bool is_wrapped = read.contains("config") && read["config"].is_object();
    const nlohmann::json& properties = is_wrapped ? read["config"] : read;
    for (const auto& [name, value] : properties.items()) {
        if (value.is_structured()) {
            into.wrong.push_back(name + ": is one value in a connector's configuration");
        } else if (!value.is_null()) {
            into.properties[name] = value.is_string() ? value.get<std::string>() : value.dump();
        }
    }
}

// Debezium Server's name in Kafka Connect's words.
std::string connect_name(const std::string& name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> prefixes = {{
        {"debezium.source.", ""},
        {"debezium.sink.kafka.producer.", "producer.override."},
        {"debezium.format.value.", "value.converter."},
        {"debezium.format.key.", "key.converter."},
        {"debezium.transforms", "transforms"},
        {"debezium.predicates", "predicates"},
    }};
    for (const auto& [server, connect] : prefixes) {
        if (name.starts_with(server)) {
            return std::string{connect} + name.substr(server.size());
        }
    }
    return name;
}

}  // namespace

connector_text read_connector(std::string_view text) {
    connector_text read;
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text[first] == '{') {
        read_json(text, read);
        return read;
    }
    std::map<std::string, std::string> properties;
    for (const std::string& line : logical_lines(text)) {
        add_line(line, properties);
    }
    for (const auto& [name, value] : properties) {
        read.properties[connect_name(name)] = value;
    }
    return read;
}

}  // namespace walferry::config
