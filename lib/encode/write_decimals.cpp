// numeric and money.
#include "lib/encode/json_text.hpp"
#include "lib/encode/value_plan.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace walferry::encode::writers {
namespace {

using values::decimal_value;

std::string_view without_trailing_zeros(std::string_view digits) {
    auto last = digits.find_last_not_of('0');
    return digits.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// The value in units of 10^-scale; nothing when it has digits below.
bool append_unscaled(decimal_value value, std::int32_t scale, text_buffer& out, workspace& space) {
    auto fraction = without_trailing_zeros(value.fraction);
    std::size_t zeros = 0;
    if (scale < 0) {
        auto cut = static_cast<std::size_t>(-scale);
        auto tail = value.whole.substr(cut < value.whole.size() ? value.whole.size() - cut : 0);
        if (!fraction.empty() || !without_trailing_zeros(tail).empty()) {
            return false;
        }
        value.whole.remove_suffix(tail.size());
    } else {
        auto wanted = static_cast<std::size_t>(scale);
        if (fraction.size() > wanted) {
            return false;
        }
        if (value.fraction.size() >= wanted) {
            fraction = value.fraction.substr(0, wanted);
        }
        zeros = wanted - fraction.size();
    }
    value.fraction = fraction;
    out.append('"');
    append_base64(out, space.unscaled.bytes_of(value, zeros));
    out.append('"');
    return true;
}

bool append_double(std::string_view text, text_buffer& out) {
    double value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        return false;
    }
    char* at = out.reserve(40);
    auto made = std::to_chars(at, at + 40, value);
    std::string_view written{at, static_cast<std::size_t>(made.ptr - at)};
    out.commit(written.size());
    if (written.find_first_of(".e") == std::string_view::npos) {
        out.append(".0");
    }
    return true;
}

// Half up, away from zero, to `scale` digits.
decimal_value rounded(decimal_value value, std::size_t scale, workspace& space) {
    if (value.fraction.size() <= scale) {
        return value;
    }
    bool up = value.fraction[scale] >= '5';
    auto kept = value.whole.size() + scale;
    std::vector<char> digits{'0'};
    digits.insert(digits.end(), value.whole.begin(), value.whole.end());
    digits.insert(digits.end(), value.fraction.begin(),
                  value.fraction.begin() + static_cast<std::ptrdiff_t>(scale));
    for (auto at = digits.rbegin(); up && at != digits.rend(); ++at) {
        up = *at == '9';
        *at = up ? '0' : static_cast<char>(*at + 1);
    }
    space.digits = std::move(digits);
    std::string_view all{space.digits.data(), space.digits.size()};
    value.whole = all.substr(0, kept + 1 - scale);
    value.fraction = all.substr(kept + 1 - scale);
    return value;
}

}  // namespace

bool decimal_precise(const value_plan& plan, std::string_view text, text_buffer& out,
                     workspace& space) {
    if (auto number = values::read_short_decimal(text, plan.scale)) {
        out.append('"');
        append_base64(out, *number);
        out.append('"');
        return true;
    }
    auto value = values::read_decimal(text);
    return value && append_unscaled(*value, plan.scale, out, space);
}

bool decimal_variable(const value_plan&, std::string_view text, text_buffer& out,
                      workspace& space) {
    auto value = values::read_decimal(text);
    if (!value) {
        return false;
    }
    value->fraction = without_trailing_zeros(value->fraction);
    auto scale = static_cast<std::int32_t>(value->fraction.size());
    out.append("{\"scale\":");
    out.append_number(scale);
    out.append(",\"value\":");
    if (!append_unscaled(*value, scale, out, space)) {
        return false;
    }
    out.append('}');
    return true;
}

bool decimal_double(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    return append_double(text, out);
}

bool money_precise(const value_plan& plan, std::string_view text, text_buffer& out,
                   workspace& space) {
    auto value = values::read_money(text, space.digits);
    if (!value) {
        return false;
    }
    auto scale = static_cast<std::size_t>(plan.scale < 0 ? 0 : plan.scale);
    return append_unscaled(rounded(*value, scale, space), plan.scale, out, space);
}

bool money_string(const value_plan&, std::string_view text, text_buffer& out, workspace& space) {
    auto value = values::read_money(text, space.digits);
    if (!value) {
        return false;
    }
    out.append(value->negative ? "\"-" : "\"");
    out.append(value->whole.empty() ? "0" : value->whole);
    if (!value->fraction.empty()) {
        out.append('.');
        out.append(value->fraction);
    }
    out.append('"');
    return true;
}

bool money_double(const value_plan& plan, std::string_view text, text_buffer& out,
                  workspace& space) {
    space.text.clear();
    if (!money_string(plan, text, space.text, space)) {
        return false;
    }
    auto quoted = space.text.view();
    return append_double(quoted.substr(1, quoted.size() - 2), out);
}

}  // namespace walferry::encode::writers
