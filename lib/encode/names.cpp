#include "lib/encode/names.hpp"

#include "lib/encode/json_text.hpp"

#include <array>
#include <cstdint>

namespace walferry::encode {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Debezium pads two digits to four, and leaves three as they are.
void append_unit(std::string& out, std::uint32_t unit) {
    constexpr char hex[] = "0123456789abcdef";
    out += unit < 0x100 ? "_u00" : "_u";
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
        auto digit = unit >> shift & 0xf;
        started = started || digit != 0 || shift == 0;
        if (started) {
            out += hex[digit];
        }
    }
}

std::uint32_t code_point(std::string_view sequence) {
    auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) {
        return first;
    }
    std::uint32_t point = first & (0xffu >> (sequence.size() + 1));
    for (char c : sequence.substr(1)) {
        point = point << 6 | (static_cast<unsigned char>(c) & 0x3f);
    }
    return point;
}

std::string adjusted(std::string_view name, config::name_adjustment how, bool keeps_dots) {
    if (how == config::name_adjustment::none) {
        return std::string{name};
    }
    bool unicode = how == config::name_adjustment::avro_unicode;
    std::string out;
    while (!name.empty()) {
        auto length = utf8_length(name);
        auto sequence = name.substr(0, length == 0 ? 1 : length);
        char c = sequence[0];
        bool first = out.empty();
        bool kept = is_letter(c) || (is_digit(c) && !first) || (c == '_' && !unicode) ||
                    (c == '.' && keeps_dots && !first);
        if (kept) {
            out += c;
        } else if (!unicode) {
            out += first && is_digit(c) ? std::string{'_', c} : "_";
        } else if (auto point = code_point(sequence); point >= 0x10000) {
            append_unit(out, 0xd800 + ((point - 0x10000) >> 10));
            append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
        } else {
            append_unit(out, point);
        }
        name.remove_prefix(sequence.size());
    }
    return out;
}

}  // namespace

std::string adjusted_name(std::string_view name, config::name_adjustment how) {
    return adjusted(name, how, false);
}

std::string adjusted_schema_name(std::string_view name, config::name_adjustment how) {
    return adjusted(name, how, true);
}

}  // namespace walferry::encode
