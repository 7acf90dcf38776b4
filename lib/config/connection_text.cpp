#include "lib/config/connection_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

namespace walferry::config {
namespace {

constexpr std::string_view hidden = "***";

bool is_secret(std::string_view name) {
    constexpr std::array<std::string_view, 5> names = {
        "password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_space(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

std::size_t scheme_size(std::string_view text) {
    for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
        if (text.starts_with(scheme)) {
            return scheme.size();
        }
    }
    return 0;
}

int hex_digit(char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto small = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::size_t found = digits.find(small);
    return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

std::string percent_decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool encoded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                             hex_digit(text[i + 2]) >= 0;
        if (encoded) {
            plain += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

// One `name = value` of a keyword string, the value as written between `from` and `to`.
struct keyword {
    std::string_view name;
    std::size_t from = 0;
    std::size_t to = 0;
    std::string value;
};

// Reads one keyword at `at` and moves behind it, by the rules of libpq's conninfo_parse().
keyword next_keyword(std::string_view text, std::size_t& at) {
    keyword read;
    const std::size_t start = at;
    while (at < text.size() && text[at] != '=' && !is_space(text[at])) {
        ++at;
    }
    read.name = text.substr(start, at - start);
    while (at < text.size() && (is_space(text[at]) || text[at] == '=')) {
        ++at;
    }
    read.from = at;
    const bool quoted = at < text.size() && text[at] == '\'';
    at += quoted ? 1u : 0u;
    while (at < text.size() && (quoted ? text[at] != '\'' : !is_space(text[at]))) {
        at += text[at] == '\\' && at + 1 < text.size() ? 1u : 0u;
        read.value += text[at++];
    }
    at += quoted && at < text.size() ? 1u : 0u;
    read.to = at;
    return read;
}

void each_keyword(std::string_view text, const std::function<void(const keyword&)>& visit) {
    for (std::size_t at = 0; at < text.size();) {
        if (is_space(text[at])) {
            ++at;
        } else {
            visit(next_keyword(text, at));
        }
    }
}

void each_parameter(std::string_view uri, const std::function<void(const keyword&)>& visit) {
    for (std::size_t at = uri.find('?'); at < uri.size();) {
        const std::size_t end = std::min(uri.find('&', at + 1), uri.size());
        const std::size_t equals = std::min(uri.find('=', at), end);
        keyword read;
        read.name = uri.substr(at + 1, equals - at - 1);
        read.from = std::min(equals + 1, end);
        read.to = end;
        read.value = percent_decoded(uri.substr(read.from, end - read.from));
        visit(read);
        at = end;
    }
}

std::string hide(std::string_view text,
                 void (*each)(std::string_view, const std::function<void(const keyword&)>&)) {
    std::string shown;
    std::size_t copied = 0;
    each(text, [&](const keyword& one) {
        if (is_secret(one.name)) {
            (shown += text.substr(copied, one.from - copied)) += hidden;
            copied = one.to;
        }
    });
    return shown += text.substr(copied);
}

// Where the `@` after user and password is: the last one, because a password that was not encoded
// may contain any character. But one in the parameters counts only if a password was begun.
std::size_t end_of_user(std::string_view uri) {
    const std::size_t scheme = scheme_size(uri);
    const std::string_view user = uri.substr(scheme, uri.find('@', scheme) - scheme);
    const std::size_t colon = std::min(user.find(':'), user.size());
    const std::size_t after_port = user.find_first_not_of("0123456789", colon + 1);
    const bool is_port = after_port == std::string_view::npos ||
                         std::string_view{"/?,"}.find(user[after_port]) != std::string_view::npos;
    const bool has_password = colon < user.size() && (!is_port || user.find('?') == user.npos);
    return has_password ? uri.rfind('@') : uri.substr(0, uri.find('?')).rfind('@');
}

}  // namespace

std::string database_of(std::string_view connection) {
    std::string database;
    const auto take = [&](const keyword& one) {
        database = one.name == "dbname" ? one.value : database;
    };
    const std::size_t scheme = scheme_size(connection);
    if (scheme == 0) {
        each_keyword(connection, take);
        return database;
    }
    const std::string_view front = connection.substr(0, connection.find('?'));
    const std::size_t user = front.rfind('@');
    const std::size_t slash = front.find('/', user == std::string_view::npos ? scheme : user);
    if (slash != std::string_view::npos) {
        database = percent_decoded(front.substr(slash + 1));
    }
    each_parameter(connection, take);
    return database;
}

std::string without_password(std::string_view connection) {
    const std::size_t scheme = scheme_size(connection);
    if (scheme == 0) {
        return hide(connection, each_keyword);
    }
    const std::size_t at = end_of_user(connection);
    const std::size_t colon = connection.find(':', scheme);
    if (at == std::string_view::npos || colon >= at) {
        return hide(connection, each_parameter);
    }
    return std::string{connection.substr(0, colon + 1)} + std::string{hidden} +
           hide(connection.substr(at), each_parameter);
}

}  // namespace walferry::config
