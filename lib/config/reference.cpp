#include "lib/config/reference.hpp"

#include "lib/config/keys.hpp"

#include <algorithm>

namespace walferry::config {
namespace {

std::string indent_of(std::string_view name) {
    return std::string(2 * static_cast<std::size_t>(std::count(name.begin(), name.end(), '.')),
                       ' ');
}

// Type, range and an example: what the second line of a comment says.
std::string facts_of(const key& of) {
    std::string facts = type_text(of.how);
    if (const std::string range = range_text(of.how); !range.empty()) {
        facts += ", " + range;
    }
    if (!of.default_text.empty()) {
        facts += "; default: " + std::string{of.default_text};
    }
    if (of.how.type != value_type::boolean && of.how.type != value_type::choice) {
        facts += "; e.g. " + std::string{of.example};
    }
    return facts + (of.reloadable ? "; reloadable" : "");
}

void add_section(const section& of, std::string& text) {
    const std::string indent = indent_of(of.name);
    text += "\n" + indent + "# " + std::string{of.text} + "\n";
    text += indent + std::string{last_part(of.name)} + ":\n";
}

void add_key(const key& of, std::string& text) {
    const std::string indent = indent_of(of.name);
    const std::string leaf{last_part(of.name)};
    text += (indent.empty() ? "\n" : "") + indent + "# " + std::string{of.text} + "\n";
    text += indent + "# " + facts_of(of) + "\n";
    if (of.how.toggles) {
        text += indent + "#" + leaf + ":\n";
    } else {
        const std::string value =
            of.default_text.empty() ? default_of(of) : std::string{of.example};
        text += indent + "#" + leaf + ": " + value + "\n";
    }
}

std::string escaped(std::string_view text) {
    std::string made;
    for (const char c : text) {
        made += c == '|' ? "\\|" : std::string(1, c);
    }
    return made;
}

std::string code(std::string_view text) {
    return "`" + escaped(text) + "`";
}

// The first key of a section brings the section's heading; parents come with it.
const section* heading_before(const key& of, std::string_view last_section) {
    const std::string_view now = section_of(of.name);
    return now == last_section ? nullptr : find_section(now);
}

// Defaults that are derived are words, or a pattern like walferry_<name>.
std::string default_cell(const key& of) {
    const bool is_words = of.default_text.find(' ') != std::string_view::npos;
    return is_words ? std::string{of.default_text} : code(default_of(of));
}

void add_table_row(const key& of, std::string& text) {
    const std::string range = range_text(of.how);
    text += "| " + code(of.name) + " | " + escaped(type_text(of.how));
    text += (range.empty() ? "" : ", " + range) + " | " + default_cell(of) + " | ";
    text += escaped(of.text) + " E.g. " + code(of.example) + ".";
    text += of.reloadable ? " Reloadable. |\n" : " |\n";
}

}  // namespace

std::string reference_yaml() {
    std::string text =
        "# Every key of walferry with its default. A line takes effect without its #.\n"
        "# Values may hold ${env:NAME}, ${file:/path} and ${cred:NAME}.\n";
    std::string_view last;
    for (const key& of : all_keys()) {
        const section* heading = heading_before(of, last);
        last = section_of(of.name);
        if (heading != nullptr && find_key(heading->name) == nullptr) {
            const section* parent = find_section(section_of(heading->name));
            const bool is_new = parent != nullptr &&
                                text.find("\n" + std::string{parent->name} + ":\n") == text.npos;
            if (is_new) {
                add_section(*parent, text);
            }
            add_section(*heading, text);
        }
        add_key(of, text);
    }
    return text;
}

std::string reference_markdown() {
    std::string text;
    std::string_view last = "none yet";
    for (const key& of : all_keys()) {
        const std::string_view now = section_of(of.name);
        if (now != last) {
            last = now;
            const section* heading = find_section(now);
            text += text.empty() ? "" : "\n";
            text += "### " + (now.empty() ? std::string{"General"} : code(now)) + "\n\n";
            text += heading == nullptr ? "" : std::string{heading->text} + "\n\n";
            text += "| key | type | default | meaning |\n|---|---|---|---|\n";
        }
        add_table_row(of, text);
    }
    return text;
}

}  // namespace walferry::config
