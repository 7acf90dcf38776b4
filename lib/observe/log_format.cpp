#include "lib/observe/log_format.hpp"

#include "lib/observe/escape.hpp"

#include <charconv>
#include <cmath>
#include <type_traits>

namespace walferry::observe {
namespace {

using field_value = decltype(log_field::value);

constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view plain = "\x1b[0m";

std::string_view name_of_level(log_level level) {
    switch (level) {
        case log_level::debug:
            return "debug";
        case log_level::info:
            return "info";
        case log_level::warning:
            return "warning";
        case log_level::error:
            return "error";
    }
    return "error";
}

// sd-daemon(3): syslog's levels.
std::string_view journal_prefix(log_level level) {
    switch (level) {
        case log_level::debug:
            return "<7>";
        case log_level::info:
            return "<6>";
        case log_level::warning:
            return "<4>";
        case log_level::error:
            return "<3>";
    }
    return "<3>";
}

std::string_view padded_name(log_level level) {
    switch (level) {
        case log_level::debug:
            return "DEBUG  ";
        case log_level::info:
            return "INFO   ";
        case log_level::warning:
            return "WARNING";
        case log_level::error:
            return "ERROR  ";
    }
    return "ERROR  ";
}

std::string_view colour_of(log_level level) {
    switch (level) {
        case log_level::debug:
            return "\x1b[2m";
        case log_level::info:
            return "\x1b[32m";
        case log_level::warning:
            return "\x1b[33m";
        case log_level::error:
            return "\x1b[1;31m";
    }
    return "";
}

template <typename visitor>
void visit_text(const visitor& visit, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        visit(name, field_value{value});
    }
}

// Calls visit(name, value) for everything behind the message, in the one order of all styles.
template <typename visitor>
void visit_fields(const log_line& line, std::uint64_t held_back, const visitor& visit) {
    visit_text(visit, "slot", line.slot);
    if (line.at) {
        visit("lsn", field_value{std::string_view{to_string(*line.at)}});
    }
    if (line.change) {
        visit("position", field_value{std::string_view{to_string(*line.change)}});
    }
    visit_text(visit, "table", line.table);
    visit_text(visit, "topic", line.topic);
    if (line.kind) {
        visit("error_kind", field_value{name_of(*line.kind)});
    }
    if (line.duration) {
        visit("duration_ms", field_value{static_cast<double>(line.duration->count()) / 1000.0});
    }
    for (const log_field& field : line.more) {
        visit(field.name, field.value);
    }
    visit_text(visit, "hint", line.hint);
    if (held_back != 0) {
        visit("suppressed", field_value{held_back});
    }
}

// Numbers and booleans as JSON has them, which is also how people read them.
template <typename number>
void append_number(std::string& out, number value) {
    if constexpr (std::is_same_v<number, bool>) {
        out += value ? "true" : "false";
    } else {
        if constexpr (std::is_floating_point_v<number>) {
            if (!std::isfinite(value)) {
                out += "null";
                return;
            }
        }
        char text[32];
        out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
    }
}

template <typename append_text>
void append_value(std::string& out, const field_value& value, const append_text& text) {
    std::visit(
        [&](const auto& held) {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::string_view>) {
                text(out, held);
            } else {
                append_number(out, held);
            }
        },
        value);
}

// Quoted only when a reader could not tell where the value ends.
void append_text_value(std::string& out, std::string_view value) {
    const bool bare = !value.empty() && value.find_first_of(" \"=\\\t\r\n") == value.npos;
    if (bare) {
        append_visible(out, value);
        return;
    }
    std::string escaped;
    for (char c : value) {
        escaped += c == '"' || c == '\\' ? "\\" : "";
        escaped += c;
    }
    out += '"';
    append_visible(out, escaped);
    out += '"';
}

std::string format_json(const log_line& line, unix_time at, std::uint64_t held_back) {
    std::string out = "{\"ts\":\"";
    append_utc(out, at);
    out += "\",\"level\":\"";
    out += name_of_level(line.level);
    out += "\",\"event\":";
    append_json_string(out, line.event);
    out += ",\"msg\":";
    append_json_string(out, line.message);
    visit_fields(line, held_back, [&](std::string_view name, const field_value& value) {
        out += ',';
        append_json_string(out, name);
        out += ':';
        append_value(out, value, append_json_string);
    });
    out += '}';
    return out;
}

void append_head(std::string& out, const log_line& line, log_style style, unix_time at) {
    if (style == log_style::journal) {
        out += journal_prefix(line.level);
        return;
    }
    const bool coloured = style == log_style::coloured_text;
    out += coloured ? dim : std::string_view{};
    append_utc(out, at, 3);
    out += coloured ? plain : std::string_view{};
    out += ' ';
    out += coloured ? colour_of(line.level) : std::string_view{};
    out += padded_name(line.level);
    out += coloured ? plain : std::string_view{};
    out += ' ';
}

std::string format_text(const log_line& line, log_style style, unix_time at,
                        std::uint64_t held_back) {
    const bool coloured = style == log_style::coloured_text;
    std::string out;
    append_head(out, line, style, at);
    append_visible(out, line.event);
    out += ": ";
    append_visible(out, line.message);
    std::string_view gap = "  ";
    visit_fields(line, held_back, [&](std::string_view name, const field_value& value) {
        out += gap;
        gap = " ";
        out += coloured ? dim : std::string_view{};
        append_visible(out, name);
        out += '=';
        out += coloured ? plain : std::string_view{};
        append_value(out, value, append_text_value);
    });
    return out;
}

}  // namespace

std::string format_line(const log_line& line, log_style style, unix_time at,
                        std::uint64_t held_back) {
    return style == log_style::json ? format_json(line, at, held_back)
                                    : format_text(line, style, at, held_back);
}

}  // namespace walferry::observe
