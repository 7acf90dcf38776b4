#include "lib/observe/redact.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace walferry::observe {
namespace {

constexpr std::string_view hidden = "***";

bool is_secret(std::string_view key) {
    std::string lower{key};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array<std::string_view, 4> endings{"password", "secret", "token", "passfile"};
    return lower.find('%') != lower.npos ||
           std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return lower.ends_with(ending); });
}

// `key=value&key=value` after the question mark.
void append_query(std::string& out, std::string_view query) {
    while (!query.empty()) {
        const std::size_t stop = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, stop);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        out += pair.substr(0, equals);
        if (equals < pair.size()) {
            out += '=';
            out += is_secret(pair.substr(0, equals)) ? hidden : pair.substr(equals + 1);
        }
        out += stop < query.size() ? "&" : "";
        query.remove_prefix(std::min(stop + 1, query.size()));
    }
}

// A password may hold '/', '?' or '@' that someone forgot to encode: the user information goes up
// to the last '@' before the query, so that at worst too much is hidden.
std::string redact_uri(std::string_view text, std::size_t authority) {
    std::string out{text.substr(0, authority)};
    std::string_view rest = text.substr(authority);
    const std::size_t at = rest.rfind('@');
    if (at != rest.npos) {
        const std::string_view user = rest.substr(0, at);
        const std::size_t colon = user.find(':');
        const bool in_query = user.find('?') < colon;
        if (colon != user.npos && !in_query) {
            out += user.substr(0, colon);
            out += ':';
            out += hidden;
            rest.remove_prefix(at);
        }
    }
    // '&' too: an '@' in the query may have swallowed its question mark.
    const std::size_t query = std::min(rest.find_first_of("?&"), rest.size());
    out += rest.substr(0, query);
    if (query < rest.size()) {
        out += rest[query];
        append_query(out, rest.substr(query + 1));
    }
    return out;
}

std::size_t skip_spaces(std::string_view text, std::size_t i) {
    while (i < text.size() && std::isspace(static_cast<unsigned char>(text[i])) != 0) {
        ++i;
    }
    return i;
}

// The end of a libpq value: up to a space, or the closing quote; backslash protects the next.
std::size_t value_end(std::string_view text, std::size_t i) {
    const bool quoted = i < text.size() && text[i] == '\'';
    for (i += quoted ? 1 : 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (quoted ? text[i] == '\'' : text[i] == ' ') {
            return quoted ? i + 1 : i;
        }
    }
    return text.size();
}

// `host=h password='p w' …`
std::string redact_keywords(std::string_view text) {
    std::string out;
    for (std::size_t i = skip_spaces(text, 0); i < text.size(); i = skip_spaces(text, i)) {
        const std::size_t equals = text.find('=', i);
        if (equals == text.npos) {
            return std::string{hidden};
        }
        std::string_view key = text.substr(i, equals - i);
        key = key.substr(0, key.find_last_not_of(' ') + 1);
        const std::size_t start = skip_spaces(text, equals + 1);
        i = value_end(text, start);
        out += out.empty() ? "" : " ";
        out += key;
        out += '=';
        out += is_secret(key) ? hidden : text.substr(start, i - start);
    }
    return out;
}

}  // namespace

std::string redact_url(std::string_view text) {
    const std::size_t scheme = text.find("://");
    const std::size_t equals = text.find('=');
    if (scheme != text.npos && scheme < equals) {
        return redact_uri(text, scheme + 3);
    }
    if (equals == text.npos) {
        return text.find('@') == text.npos ? std::string{text} : std::string{hidden};
    }
    return redact_keywords(text);
}

}  // namespace walferry::observe
