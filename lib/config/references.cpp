#include "lib/config/references.hpp"

#include "lib/config/nearest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace walferry::config {
namespace {

using text_result = tl::expected<std::string, std::string>;

// What stands between the braces: `env:NAME`. Text like `${routedByValue}` is no reference.
struct reference {
    std::string_view kind;
    std::string_view name;
    std::size_t end = 0;  // behind the closing brace
};

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalpha(static_cast<unsigned char>(c)) != 0;
    });
}

reference reference_at(std::string_view text, std::size_t at) {
    const std::size_t colon = text.find(':', at);
    const std::size_t brace = text.find('}', at);
    if (!text.substr(at).starts_with("${") || brace == std::string_view::npos || colon > brace ||
        !is_word(text.substr(at + 2, colon - at - 2))) {
        return {};
    }
    return {text.substr(at + 2, colon - at - 2), text.substr(colon + 1, brace - colon - 1),
            brace + 1};
}

// Editors and `echo` end a file with a line break that is no part of the secret.
std::string without_line_break(std::string text) {
    for (const char last : {'\n', '\r'}) {
        if (!text.empty() && text.back() == last) {
            text.pop_back();
        }
    }
    return text;
}

text_result variable(const std::string& name, const reference_source& from) {
    const auto found = from.environment.find(name);
    if (found == from.environment.end()) {
        return tl::unexpected("environment variable " + name + " is not set");
    }
    return found->second;
}

text_result file(const std::string& path, const reference_source& from) {
    if (path.empty() || path.front() != '/') {
        return tl::unexpected("\"" + path + "\" is not an absolute path");
    }
    return from.read_file(path).map(without_line_break);
}

text_result credential(const std::string& name, const reference_source& from) {
    if (name.empty() || name.find('/') != std::string::npos || name.front() == '.') {
        return tl::unexpected("\"" + name + "\" is not the name of a credential");
    }
    const auto folder = from.environment.find("CREDENTIALS_DIRECTORY");
    text_result text = folder == from.environment.end() ? text_result{tl::unexpected(std::string{})}
                                                        : file(folder->second + "/" + name, from);
    if (!text) {
        text = file("/run/secrets/" + name, from);
    }
    return text ? text
                : tl::unexpected("credential " + name +
                                 " is neither in $CREDENTIALS_DIRECTORY nor in /run/secrets");
}

text_result value_of(const reference& of, const reference_source& from) {
    constexpr std::array<std::string_view, 3> kinds = {"env", "file", "cred"};
    const std::string name{of.name};
    if (of.kind == "env") {
        return variable(name, from);
    }
    if (of.kind == "file") {
        return file(name, from);
    }
    if (of.kind == "cred") {
        return credential(name, from);
    }
    return tl::unexpected("${" + std::string{of.kind} + ":…} is not a reference" +
                          did_you_mean(of.kind, kinds) + " (env | file | cred)");
}

void resolve_scalar(const std::string& text, resolved& into, const reference_source& from,
                    faults& wrong) {
    into.value.text.clear();
    into.shown.text.clear();
    for (std::size_t at = 0; at < text.size();) {
        const reference found = reference_at(text, at);
        if (found.end == 0) {
            into.value.text += text[at];
            into.shown.text += text[at++];
            continue;
        }
        const text_result value = value_of(found, from);
        if (!value) {
            wrong.push_back({into.value.at, value.error()});
        }
        into.value.text += value.value_or("");
        into.shown.text += "***";
        into.changed = true;
        at = found.end;
    }
}

}  // namespace

resolved resolve_references(const node& value, const reference_source& from, faults& wrong) {
    resolved made{value, value, false};
    if (value.what == node::kind::scalar) {
        resolve_scalar(value.text, made, from, wrong);
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        resolved item = resolve_references(value.items[i], from, wrong);
        made.changed = made.changed || item.changed;
        made.value.items[i] = std::move(item.value);
        made.shown.items[i] = std::move(item.shown);
    }
    return made;
}

}  // namespace walferry::config
