#pragma once

#include <string>
#include <string_view>

// Bytes from hexadecimal digits; blanks are ignored.
inline std::string from_hex(std::string_view text) {
    std::string bytes;
    int high = -1;
    for (char c : text) {
        if (c == ' ') {
            continue;
        }
        int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        if (high < 0) {
            high = digit;
        } else {
            bytes.push_back(static_cast<char>(high * 16 + digit));
            high = -1;
        }
    }
    return bytes;
}
