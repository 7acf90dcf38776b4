// Booleans, numbers, texts.
#include "lib/encode/json_text.hpp"
#include "lib/encode/value_plan.hpp"

#include <charconv>
#include <cmath>

namespace walferry::encode {

void append_text_instead(std::size_t start, std::string_view text, text_buffer& out) {
    out.truncate(start);
    append_json(out, text);
}

void append_binary(const value_plan& plan, std::string_view bytes, text_buffer& out,
                   workspace& space) {
    space.binary.clear();
    space.binary.append("\\x");
    append_hex(space.binary, bytes);
    append_value(plan, space.binary.view(), out, space);
}

namespace writers {
namespace {

bool is_number(std::string_view text) {
    if (text.starts_with('-')) {
        text.remove_prefix(1);
    }
    for (char c : text) {
        if (c < '0' || c > '9') {
            return false;
        }
    }
    return !text.empty();
}

// NaN and the infinities are strings, as Debezium's JSON has them.
bool append_special(std::string_view text, text_buffer& out) {
    if (text == "NaN") {
        out.append("\"NaN\"");
    } else if (text == "Infinity") {
        out.append("\"Infinity\"");
    } else if (text == "-Infinity") {
        out.append("\"-Infinity\"");
    } else {
        return false;
    }
    return true;
}

bool is_real(std::string_view text, bool& whole) {
    whole = true;
    bool digits = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        bool digit = c >= '0' && c <= '9';
        digits = digits || digit;
        whole = whole && (digit || c == '-');
        bool sign = (c == '-' || c == '+') && (i == 0 || text[i - 1] == 'e');
        if (!digit && !sign && c != '.' && c != 'e') {
            return false;
        }
    }
    return digits && text[0] != '+' && text[0] != '.' && text.back() != '.';
}

}  // namespace

bool boolean(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    if (text == "t") {
        out.append("true");
    } else if (text == "f") {
        out.append("false");
    } else {
        return false;
    }
    return true;
}

bool number(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    if (!is_number(text)) {
        return false;
    }
    out.append(text);
    return true;
}

// oidvector and int2vector: `1 2 3`.
bool number_list(const value_plan& plan, std::string_view text, text_buffer& out,
                 workspace& space) {
    out.append('[');
    while (!text.empty()) {
        auto end = text.find(' ');
        if (!number(plan, text.substr(0, end), out, space)) {
            return false;
        }
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!text.empty()) {
            out.append(',');
        }
    }
    out.append(']');
    return true;
}

bool double_precision(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    bool whole = false;
    if (!is_real(text, whole)) {
        return append_special(text, out);
    }
    out.append(text);
    if (whole) {
        out.append(".0");
    }
    return true;
}

// The shortest text of the smallest reals has one digit, and two are published: read as a double,
// 1e-45 is another number than the 1.4e-45 that is stored.
bool real(const value_plan& plan, std::string_view text, text_buffer& out, workspace& space) {
    auto exponent = text.find("e-4");
    auto mantissa = text.substr(0, exponent);
    if (exponent == std::string_view::npos || mantissa.find('.') != std::string_view::npos) {
        return double_precision(plan, text, out, space);
    }
    float value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        return false;
    }
    char* at = out.reserve(32);
    auto made = std::to_chars(at, at + 32, double{value}, std::chars_format::scientific, 1);
    out.commit(static_cast<std::size_t>(made.ptr - at));
    return true;
}

bool text(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    append_json(out, text);
    return true;
}

}  // namespace writers
}  // namespace walferry::encode
