#include "lib/observe/escape.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>

namespace walferry::observe {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
    return static_cast<unsigned char>(text[i]);
}

// The length of the well-formed UTF-8 sequence at the start (RFC 3629: shortest form, no
// surrogates, at most U+10FFFF), 0 when there is none.
std::size_t utf8_length(std::string_view text) {
    const unsigned char first = byte_at(text, 0);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) {
        return 0;
    }
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first == 0xE0) {
        low = 0xA0;
    } else if (first == 0xED) {
        high = 0x9F;
    } else if (first == 0xF0) {
        low = 0x90;
    } else if (first == 0xF4) {
        high = 0x8F;
    }
    if (byte_at(text, 1) < low || byte_at(text, 1) > high) {
        return 0;
    }
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte_at(text, i) & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}

void append_hex(std::string& out, const char* prefix, unsigned char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += prefix;
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

bool append_short_escape(std::string& out, char c) {
    switch (c) {
        case '\n':
            out += "\\n";
            return true;
        case '\r':
            out += "\\r";
            return true;
        case '\t':
            out += "\\t";
            return true;
        default:
            return false;
    }
}

// U+0080 to U+009F in UTF-8: terminals obey them like escape sequences.
bool is_c1(std::string_view sequence) {
    return sequence.size() == 2 && byte_at(sequence, 0) == 0xC2 && byte_at(sequence, 1) < 0xA0;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const char c = text.front();
        if (length == 0) {
            out += "\\ufffd";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte_at(text, 0) < 0x20 || c == 0x7F) {
            if (!append_short_escape(out, c)) {
                append_hex(out, "\\u00", byte_at(text, 0));
            }
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

void append_visible(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const char c = text.front();
        if (length == 0) {
            append_hex(out, "\\x", byte_at(text, 0));
        } else if (is_c1(text.substr(0, length))) {
            append_hex(out, "\\x", byte_at(text, 1));
        } else if (byte_at(text, 0) < 0x20 || c == 0x7F) {
            if (!append_short_escape(out, c)) {
                append_hex(out, "\\x", byte_at(text, 0));
            }
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

void append_utc(std::string& out, unix_time at, int digits) {
    using namespace std::chrono;
    const sys_time<microseconds> when{microseconds{at.microseconds}};
    const sys_days day = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss clock{when - day};
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    out += text;
    if (digits > 0) {
        std::snprintf(text, sizeof text, ".%06d", static_cast<int>(clock.subseconds().count()));
        out.append(text, static_cast<std::size_t>(digits) + 1);
    }
    out += 'Z';
}

}  // namespace walferry::observe
