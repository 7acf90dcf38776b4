// The ways back: from hexadecimal digits to bytes, from the inside of a JSON string to its text.
#include "lib/encode/json_text.hpp"

#include <array>
#include <utility>

namespace walferry::encode {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char unescaped(char c) {
    constexpr std::array<std::pair<char, char>, 5> letters{
        {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'}, {'f', '\f'}}};
    for (auto [letter, meaning] : letters) {
        if (letter == c) {
            return meaning;
        }
    }
    return c;
}

}  // namespace

bool append_unhexed(text_buffer& out, std::string_view hex) {
    if (hex.size() % 2 != 0) {
        return false;
    }
    char* at = out.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        int high = hex_digit(hex[i]);
        int low = hex_digit(hex[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        *at++ = static_cast<char>(high * 16 + low);
    }
    out.commit(hex.size() / 2);
    return true;
}

void append_unescaped(text_buffer& out, std::string_view inside) {
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] != '\\' || i + 1 == inside.size()) {
            out.append(inside[i]);
            continue;
        }
        ++i;
        if (inside[i] == 'u' && inside.size() - i > 4) {
            out.append(static_cast<char>(hex_digit(inside[i + 3]) * 16 + hex_digit(inside[i + 4])));
            i += 4;
        } else {
            out.append(unescaped(inside[i]));
        }
    }
}

}  // namespace walferry::encode
