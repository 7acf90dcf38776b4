// real, double precision, numeric, money.
#include "decoders/values/render.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace walferry::values::render {
namespace {

// The digits of a number without its point, and the power of ten of the first of them.
struct digits {
    char text[32];
    std::size_t count = 0;
    int exponent = 0;
};

template <typename real>
digits shortest(real value, int precision) {
    char text[64];
    auto made = precision < 0
                    ? std::to_chars(text, text + sizeof text, value, std::chars_format::scientific)
                    : std::to_chars(text, text + sizeof text, value, std::chars_format::scientific,
                                    precision);
    digits found{};
    const char* at = text;
    for (; at != made.ptr && *at != 'e'; ++at) {
        if (*at != '.') {
            found.text[found.count++] = *at;
        }
    }
    at += at[1] == '+' ? 2 : 1;
    std::from_chars(at, made.ptr, found.exponent);
    return found;
}

__extension__ using wide = unsigned __int128;

// PostgreSQL never prints a number that lies exactly between two doubles, although reading it back
// would round to the right one. Only whole numbers beyond the mantissa can: 1e23.
template <typename real>
bool is_halfway(const digits& found, real value) {
    auto whole_digits = static_cast<std::size_t>(found.exponent < 0 ? 0 : found.exponent + 1);
    if (whole_digits < found.count || whole_digits > 37) {
        return false;
    }
    wide written = 0;
    for (std::size_t i = 0; i < whole_digits; ++i) {
        written = written * 10 + (i < found.count ? static_cast<unsigned>(found.text[i] - '0') : 0);
    }
    auto exact = static_cast<wide>(value);
    if (written == exact) {
        return false;
    }
    auto beside = static_cast<wide>(
        std::nextafter(value, written > exact ? std::numeric_limits<real>::infinity() : real{0}));
    return exact + beside == written * 2;
}

void append_fixed(text_buffer& out, const digits& found) {
    std::string_view all{found.text, found.count};
    if (found.exponent < 0) {
        out.append("0.");
        for (int i = -1; i > found.exponent; --i) {
            out.append('0');
        }
        out.append(all);
        return;
    }
    auto whole = static_cast<std::size_t>(found.exponent) + 1;
    out.append(all.substr(0, whole));
    for (auto i = found.count; i < whole; ++i) {
        out.append('0');
    }
    if (found.count > whole) {
        out.append('.');
        out.append(all.substr(whole));
    }
}

void append_scientific(text_buffer& out, const digits& found) {
    out.append(found.text[0]);
    if (found.count > 1) {
        out.append('.');
        out.append({found.text + 1, found.count - 1});
    }
    out.append(found.exponent < 0 ? "e-" : "e+");
    int exponent = found.exponent < 0 ? -found.exponent : found.exponent;
    if (exponent < 10) {
        out.append('0');
    }
    out.append_number(exponent);
}

template <typename real>
bool append_real(text_buffer& out, real value, int fixed_below) {
    if (std::isnan(value)) {
        out.append("NaN");
        return true;
    }
    if (std::signbit(value)) {
        out.append('-');
        value = -value;
    }
    if (std::isinf(value)) {
        out.append("Infinity");
        return true;
    }
    if (value == 0) {
        out.append('0');
        return true;
    }
    auto found = shortest(value, -1);
    while (is_halfway(found, value)) {
        found = shortest(value, static_cast<int>(found.count));
    }
    if (found.exponent >= -4 && found.exponent < fixed_below) {
        append_fixed(out, found);
    } else {
        append_scientific(out, found);
    }
    return true;
}

struct numeric_header {
    int count;
    int weight;
    unsigned sign;
    int scale;
};

void append_group(text_buffer& out, unsigned group, bool padded) {
    char text[4] = {static_cast<char>('0' + group / 1000),
                    static_cast<char>('0' + group / 100 % 10),
                    static_cast<char>('0' + group / 10 % 10), static_cast<char>('0' + group % 10)};
    std::size_t skip = 0;
    while (!padded && skip < 3 && text[skip] == '0') {
        ++skip;
    }
    out.append({text + skip, 4 - skip});
}

}  // namespace

bool float4(text_buffer& out, byte_reader& in) {
    return append_real(out, std::bit_cast<float>(in.u32()), 6);
}

void append_double(text_buffer& out, double value) {
    append_real(out, value, 15);
}

bool float8(text_buffer& out, byte_reader& in) {
    append_double(out, std::bit_cast<double>(in.u64()));
    return true;
}

// Groups of four decimal digits; the first is worth 10000^weight. Missing groups are zeros, and
// digits beyond the display scale are not shown.
bool numeric(text_buffer& out, byte_reader& in) {
    numeric_header header{in.u16(), in.i16(), in.u16(), in.u16()};
    if (header.sign == 0xc000 || header.sign == 0xd000 || header.sign == 0xf000) {
        out.append(header.sign == 0xc000   ? "NaN"
                   : header.sign == 0xd000 ? "Infinity"
                                           : "-Infinity");
        return header.count == 0;
    }
    if (static_cast<std::size_t>(header.count) * 2 != in.remaining()) {
        return false;
    }
    if (header.sign == 0x4000) {
        out.append('-');
    }
    if (header.weight < 0) {
        out.append('0');
    }
    int taken = 0;
    auto next_group = [&](int place) -> unsigned {
        bool there = place <= header.weight && taken < header.count;
        taken += there ? 1 : 0;
        return there ? in.u16() : 0u;
    };
    for (int place = header.weight; place >= 0; --place) {
        append_group(out, next_group(place), place != header.weight);
    }
    if (header.scale > 0) {
        out.append('.');
        auto start = out.size();
        for (int shown = 0, place = -1; shown < header.scale; shown += 4, --place) {
            append_group(out, next_group(place), true);
        }
        out.truncate(start + static_cast<std::size_t>(header.scale));
    }
    in.rest();
    return header.sign == 0 || header.sign == 0x4000;
}

bool money(text_buffer& out, byte_reader& in) {
    auto value = in.i64();
    auto cents = static_cast<std::uint64_t>(value);
    if (value < 0) {
        out.append('-');
        cents = 0 - cents;
    }
    out.append('$');
    char whole[24] = {};
    auto* end = std::to_chars(whole, whole + sizeof whole, cents / 100).ptr;
    for (const char* at = whole; at != end; ++at) {
        if (at != whole && (end - at) % 3 == 0) {
            out.append(',');
        }
        out.append(*at);
    }
    out.append('.');
    out.append(static_cast<char>('0' + cents / 10 % 10));
    out.append(static_cast<char>('0' + cents % 10));
    return true;
}

}  // namespace walferry::values::render
