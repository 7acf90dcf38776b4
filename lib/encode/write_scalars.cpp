// Booleans, numbers, texts.
#include "lib/encode/json_text.hpp"
#include "lib/encode/value_plan.hpp"

#include <charconv>
#include <system_error>

namespace walferry::encode {

void append_text_instead(std::size_t start, std::string_view text, text_buffer& out) {
    out.truncate(start);
    append_json(out, text);
}

namespace writers {
namespace {

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

// A number of fewer characters and an exponent of two digits is always one.
constexpr std::size_t short_enough = 200;

bool skip_digits(std::string_view text, std::size_t& at) {
    auto start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
        ++at;
    }
    return at > start;
}

// Readers of JSON take no number that is larger than every double, and float8 has none. What is
// nearer to zero than any they read as zero.
bool is_double(std::string_view text) {
    double value = 0;
    const bool small = text.starts_with("0.") || text.starts_with("-0.") ||
                       text.find("e-") != std::string_view::npos;
    return small ||
           std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

// A number as JSON has it.
bool is_real(std::string_view text, bool& whole) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    auto first = at;
    if (!skip_digits(text, at) || (text[first] == '0' && at > first + 1)) {
        return false;
    }
    whole = at == text.size();
    if (at < text.size() && text[at] == '.' && !skip_digits(text, ++at)) {
        return false;
    }
    if (at < text.size() && text[at] == 'e') {
        ++at;
        at += at < text.size() && (text[at] == '+' || text[at] == '-') ? 1u : 0u;
        auto exponent = at;
        if (!skip_digits(text, at) || (at > exponent + 2 && !is_double(text))) {
            return false;
        }
    }
    return at == text.size() && (at < short_enough || is_double(text));
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
    constexpr std::size_t longest = 20;
    if (text.empty() || text.size() > longest) {
        return false;
    }
    char* at = out.reserve(longest);
    at[0] = text[0];
    auto first = static_cast<unsigned char>(text[0] - '0');
    const bool minus = text[0] == '-';
    unsigned wrong = first > 9 && (!minus || text.size() == 1) ? 1u : 0u;
    // JSON knows no leading zeros.
    if (text.size() > (minus ? 2u : 1u) && text[minus ? 1 : 0] == '0') {
        wrong = 1;
    }
    for (std::size_t i = 1; i < text.size(); ++i) {
        at[i] = text[i];
        wrong |= static_cast<unsigned char>(text[i] - '0') > 9 ? 1u : 0u;
    }
    out.commit(wrong == 0 ? text.size() : 0);
    return wrong == 0;
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

bool text(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    append_json(out, text);
    return true;
}

}  // namespace writers
}  // namespace walferry::encode
