#include "lib/encode/json_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace walferry::encode {
namespace {

constexpr std::uint64_t ones = 0x0101010101010101;
constexpr std::uint64_t highs = 0x8080808080808080;

constexpr std::array<bool, 256> make_plain_table() {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x20; c < 0x80; ++c) {
        plain[c] = c != '"' && c != '\\';
    }
    return plain;
}

constexpr auto plain_bytes = make_plain_table();

// Not zero when one of the eight bytes is a control character, a quote, a backslash or not ASCII.
// A byte behind such a one may be marked wrongly, so only the lowest mark counts.
std::uint64_t special_bytes(std::uint64_t word) {
    std::uint64_t control = word - ones * 0x20;
    std::uint64_t quote = (word ^ (ones * '"')) - ones;
    std::uint64_t backslash = (word ^ (ones * '\\')) - ones;
    return (control | quote | backslash | word) & highs;
}

std::uint64_t load(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    return word;
}

// How many bytes at the front are copied as they are.
std::size_t plain_length(const char* at, const char* end) {
    const char* from = at;
    while (end - at >= 8 && special_bytes(load(at)) == 0) {
        at += 8;
    }
    if (end - from >= 8 && end - at < 8 && special_bytes(load(end - 8)) == 0) {
        return static_cast<std::size_t>(end - from);
    }
    while (at < end && plain_bytes[static_cast<unsigned char>(*at)]) {
        ++at;
    }
    return static_cast<std::size_t>(at - from);
}

void append_escape(text_buffer& out, char c) {
    constexpr char hex[] = "0123456789abcdef";
    switch (c) {
        case '"':
            return out.append("\\\"");
        case '\\':
            return out.append("\\\\");
        case '\n':
            return out.append("\\n");
        case '\r':
            return out.append("\\r");
        case '\t':
            return out.append("\\t");
        case '\b':
            return out.append("\\b");
        case '\f':
            return out.append("\\f");
        default:
            out.append("\\u00");
            out.append(hex[(c >> 4) & 0xf]);
            out.append(hex[c & 0xf]);
    }
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// The second byte says whether a form is overlong, a surrogate or beyond U+10FFFF.
bool allowed_second(unsigned char first, unsigned char second) {
    switch (first) {
        case 0xe0:
            return second >= 0xa0;
        case 0xed:
            return second < 0xa0;
        case 0xf0:
            return second >= 0x90;
        case 0xf4:
            return second < 0x90;
        default:
            return true;
    }
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) {
        return 1;
    }
    std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) {
            return 0;
        }
    }
    return allowed_second(first, static_cast<unsigned char>(text[1])) ? length : 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        auto length = utf8_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

void append_json_inside(text_buffer& out, std::string_view text) {
    while (!text.empty()) {
        auto plain = plain_length(text.data(), text.data() + text.size());
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        while (!text.empty() && static_cast<unsigned char>(text.front()) >= 0x80) {
            auto length = utf8_length(text);
            out.append(length == 0 ? std::string_view{"\xef\xbf\xbd"} : text.substr(0, length));
            text.remove_prefix(length == 0 ? 1 : length);
        }
        if (!text.empty() && !plain_bytes[static_cast<unsigned char>(text.front())]) {
            append_escape(out, text.front());
            text.remove_prefix(1);
        }
    }
}

bool is_plain(std::string_view text) {
    return plain_length(text.data(), text.data() + text.size()) == text.size();
}

void append_json(text_buffer& out, std::string_view text) {
    auto plain = plain_length(text.data(), text.data() + text.size());
    if (plain == text.size()) {
        char* at = out.reserve(plain + 2);
        *at = '"';
        std::copy(text.begin(), text.end(), at + 1);
        at[plain + 1] = '"';
        out.commit(plain + 2);
        return;
    }
    out.append('"');
    append_json_inside(out, text);
    out.append('"');
}

std::string json_of(std::string_view text) {
    text_buffer out;
    append_json(out, text);
    return std::string{out.view()};
}

void append_base64(text_buffer& out, std::string_view bytes, base64_alphabet alphabet) {
    const char* letters = alphabet == base64_alphabet::url_safe
                              ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                              : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    auto length = (bytes.size() + 2) / 3 * 4;
    char* at = out.reserve(length);
    out.commit(length);
    std::size_t i = 0;
    auto byte = [&](std::size_t k) -> std::uint32_t {
        return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0;
    };
    for (; i < bytes.size(); i += 3) {
        std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        *at++ = letters[group >> 18];
        *at++ = letters[group >> 12 & 63];
        *at++ = letters[group >> 6 & 63];
        *at++ = letters[group & 63];
    }
    for (std::size_t missing = i - bytes.size(); missing > 0; --missing) {
        *(at - missing) = '=';
    }
}

void append_base64(text_buffer& out, std::int64_t value) {
    constexpr const char* letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    auto magnitude = static_cast<std::uint64_t>(value ^ (value >> 63));
    auto count =
        magnitude == 0 ? 1u : 8u - static_cast<unsigned>(std::countl_zero(magnitude) - 1) / 8;
    auto bits = static_cast<std::uint64_t>(value) << (64 - 8 * count);
    char* start = out.reserve(12);
    char* at = start;
    for (unsigned done = 0; done < count; done += 3) {
        for (int i = 0; i < 4; ++i) {
            *at++ = letters[bits >> 58];
            bits <<= 6;
        }
    }
    if (count % 3 != 0) {
        at[-1] = '=';
        at[-2] = count % 3 == 1 ? '=' : at[-2];
    }
    out.commit(static_cast<std::size_t>(at - start));
}

void append_hex(text_buffer& out, std::string_view bytes) {
    constexpr char hex[] = "0123456789abcdef";
    char* at = out.reserve(bytes.size() * 2);
    out.commit(bytes.size() * 2);
    for (char c : bytes) {
        *at++ = hex[(c >> 4) & 0xf];
        *at++ = hex[c & 0xf];
    }
}

}  // namespace walferry::encode
