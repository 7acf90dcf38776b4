// Debezium's lists of regular expressions as patterns.
#include "lib/config/debezium_draft.hpp"

#include <algorithm>
#include <cctype>

namespace walferry::config {
namespace {

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) {
        return {};
    }
    return std::string{text.substr(first, text.find_last_not_of(" \t\n") - first + 1)};
}

bool is_name_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || c == '-' || byte >= 0x80;
}

// The glob that matches the same names, or nothing. An unescaped dot is taken for a real one only
// where nothing else can stand there: among literal characters.
std::string glob_of(std::string_view regex, std::size_t dots_wanted) {
    std::string glob;
    std::size_t dots = 0;
    bool bare_dot = false;
    bool star = false;
    for (std::size_t i = 0; i < regex.size(); ++i) {
        const std::string_view rest = regex.substr(i);
        if (rest.starts_with(".*")) {
            star = true;
            glob += '*';
            ++i;
        } else if (rest.starts_with("\\.") || regex[i] == '.') {
            bare_dot = bare_dot || regex[i] == '.';
            i += regex[i] == '.' ? 0u : 1u;
            glob += '.';
            ++dots;
        } else if (is_name_character(regex[i])) {
            glob += regex[i];
        } else {
            return {};
        }
    }
    return dots != dots_wanted || (star && bare_dot) ? std::string{} : glob;
}

}  // namespace

std::vector<std::string> split_list(std::string_view text, char border) {
    std::vector<std::string> parts;
    std::string part;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == border) {
            part = trimmed(part);
            if (!part.empty()) {
                parts.push_back(part);
            }
            part.clear();
        } else if (text[i] == '\\' && i + 1 < text.size()) {
            part += text[i + 1] == border ? std::string(1, border) : std::string{text.substr(i, 2)};
            ++i;
        } else {
            part += text[i];
        }
    }
    return parts;
}

std::string pattern_of(debezium_draft& draft, std::string_view property, std::string_view regex,
                       pattern_subject subject) {
    if (std::string glob = glob_of(regex, static_cast<std::size_t>(subject)); !glob.empty()) {
        return glob;
    }
    if (const std::string wrong = regex_fault(regex); !wrong.empty()) {
        draft.complain(property, "\"" + std::string{regex} + "\" " + wrong);
    }
    return "/" + std::string{regex} + "/";
}

node patterns_of_list(debezium_draft& draft, std::string_view property, std::string_view list,
                      pattern_subject subject, bool exclude) {
    std::vector<std::string> patterns;
    for (const std::string& regex : split_list(list)) {
        patterns.push_back((exclude ? "!" : "") + pattern_of(draft, property, regex, subject));
    }
    if (std::any_of(list.begin(), list.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
        draft.note(property, "Debezium ignores upper and lower case here, walferry does not");
    }
    return list_node(patterns);
}

}  // namespace walferry::config
