// Arrays, composites, ranges and multiranges. A part is rendered at the end of `out` and then,
// where the syntax asks for it, replaced by its quoted form.
#include "decoders/values/render.hpp"

#include <string>

namespace walferry::values::render {
namespace {

constexpr int dimensions_max = 6;

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_null_word(std::string_view text) {
    return text.size() == 4 && (text[0] | 0x20) == 'n' && (text[1] | 0x20) == 'u' &&
           (text[2] | 0x20) == 'l' && (text[3] | 0x20) == 'l';
}

bool needs_quotes(std::string_view part, std::string_view special) {
    for (char c : part) {
        if (is_space(c) || special.find(c) != std::string_view::npos) {
            return true;
        }
    }
    return part.empty();
}

// Arrays escape with a backslash, composites and ranges by doubling.
void quote_from(text_buffer& out, std::size_t start, bool doubling) {
    std::string part{out.view_from(start)};
    out.truncate(start);
    out.append('"');
    for (char c : part) {
        if (c == '"' || c == '\\') {
            out.append(doubling ? c : '\\');
        }
        out.append(c);
    }
    out.append('"');
}

struct dimension {
    std::uint32_t length = 0;
    std::int32_t lower = 1;
};

struct array_header {
    int count = 0;
    oid element = 0;
    dimension dimensions[dimensions_max];
};

bool read_header(byte_reader& in, array_header& header) {
    auto count = in.u32();
    in.u32();
    header.element = in.u32();
    if (count > dimensions_max) {
        return false;
    }
    header.count = static_cast<int>(count);
    std::uint64_t elements = count == 0 ? 0 : 1;
    for (int i = 0; i < header.count; ++i) {
        header.dimensions[i] = {in.u32(), in.i32()};
        elements *= header.dimensions[i].length;
        if (elements > in.remaining()) {
            return false;
        }
    }
    return true;
}

void append_bounds(text_buffer& out, const array_header& header) {
    bool plain = true;
    for (int i = 0; i < header.count; ++i) {
        plain = plain && header.dimensions[i].lower == 1;
    }
    for (int i = 0; i < header.count && !plain; ++i) {
        auto lower = std::int64_t{header.dimensions[i].lower};
        out.append('[');
        out.append_number(lower);
        out.append(':');
        out.append_number(lower + header.dimensions[i].length - 1);
        out.append(']');
    }
    if (!plain) {
        out.append('=');
    }
}

bool append_element(text_buffer& out, byte_reader& in, oid element, char delimiter,
                    const nested& inner) {
    auto length = in.i32();
    if (length < 0) {
        out.append("NULL");
        return true;
    }
    auto start = out.size();
    if (!inner.append(out, element, in.bytes(static_cast<std::size_t>(length)))) {
        return false;
    }
    const char special[] = {'"', '\\', '{', '}', delimiter};
    auto part = out.view_from(start);
    if (needs_quotes(part, {special, sizeof special}) || is_null_word(part)) {
        quote_from(out, start, false);
    }
    return true;
}

bool append_dimension(text_buffer& out, byte_reader& in, const array_header& header, int level,
                      const nested& inner) {
    char delimiter = inner.find(header.element).delimiter;
    out.append('{');
    for (std::uint32_t i = 0; i < header.dimensions[level].length; ++i) {
        if (i != 0) {
            out.append(delimiter);
        }
        bool good = level + 1 < header.count
                        ? append_dimension(out, in, header, level + 1, inner)
                        : append_element(out, in, header.element, delimiter, inner);
        if (!good || in.failed()) {
            return false;
        }
    }
    out.append('}');
    return true;
}

bool append_bound(text_buffer& out, byte_reader& in, oid subtype, const nested& inner) {
    auto start = out.size();
    if (!inner.append(out, subtype, in.bytes(in.u32()))) {
        return false;
    }
    if (needs_quotes(out.view_from(start), "\"\\()[],")) {
        quote_from(out, start, true);
    }
    return true;
}

}  // namespace

bool array(text_buffer& out, byte_reader& in, const nested& inner) {
    array_header header;
    if (!read_header(in, header)) {
        return false;
    }
    if (header.count == 0) {
        out.append("{}");
        return true;
    }
    append_bounds(out, header);
    return append_dimension(out, in, header, 0, inner);
}

bool vector(text_buffer& out, byte_reader& in, const nested& inner) {
    array_header header;
    if (!read_header(in, header) || header.count > 1) {
        return false;
    }
    for (std::uint32_t i = 0; i < header.dimensions[0].length; ++i) {
        if (i != 0) {
            out.append(' ');
        }
        if (!inner.append(out, header.element, in.bytes(in.u32()))) {
            return false;
        }
    }
    return true;
}

bool composite(text_buffer& out, byte_reader& in, const nested& inner) {
    auto count = in.u32();
    out.append('(');
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
        if (i != 0) {
            out.append(',');
        }
        auto field = in.u32();
        auto length = in.i32();
        if (length < 0) {
            continue;
        }
        auto start = out.size();
        if (!inner.append(out, field, in.bytes(static_cast<std::size_t>(length)))) {
            return false;
        }
        if (needs_quotes(out.view_from(start), "\"\\(),")) {
            quote_from(out, start, true);
        }
    }
    out.append(')');
    return true;
}

bool range(text_buffer& out, byte_reader& in, oid subtype, const nested& inner) {
    enum : unsigned {
        empty = 1,
        lower_inclusive = 2,
        upper_inclusive = 4,
        no_lower = 8,
        no_upper = 16
    };
    unsigned flags = in.u8();
    if ((flags & empty) != 0) {
        out.append("empty");
        return true;
    }
    out.append((flags & lower_inclusive) != 0 ? '[' : '(');
    if ((flags & no_lower) == 0 && !append_bound(out, in, subtype, inner)) {
        return false;
    }
    out.append(',');
    if ((flags & no_upper) == 0 && !append_bound(out, in, subtype, inner)) {
        return false;
    }
    out.append((flags & upper_inclusive) != 0 ? ']' : ')');
    return true;
}

bool multirange(text_buffer& out, byte_reader& in, oid of, const nested& inner) {
    auto count = in.u32();
    out.append('{');
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
        if (i != 0) {
            out.append(',');
        }
        if (!inner.append(out, of, in.bytes(in.u32()))) {
            return false;
        }
    }
    out.append('}');
    return true;
}

}  // namespace walferry::values::render
