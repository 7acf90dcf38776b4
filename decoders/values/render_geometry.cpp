#include "decoders/values/render.hpp"

#include <bit>

namespace walferry::values::render {
namespace {

void append_next(text_buffer& out, byte_reader& in) {
    append_double(out, std::bit_cast<double>(in.u64()));
}

void append_point(text_buffer& out, byte_reader& in) {
    out.append('(');
    append_next(out, in);
    out.append(',');
    append_next(out, in);
    out.append(')');
}

bool append_points(text_buffer& out, byte_reader& in, std::uint32_t count) {
    if (in.remaining() != std::size_t{count} * 16) {
        return false;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        if (i != 0) {
            out.append(',');
        }
        append_point(out, in);
    }
    return true;
}

bool append_line(text_buffer& out, byte_reader& in) {
    out.append('{');
    append_next(out, in);
    out.append(',');
    append_next(out, in);
    out.append(',');
    append_next(out, in);
    out.append('}');
    return true;
}

bool append_path(text_buffer& out, byte_reader& in, bool closed) {
    out.append(closed ? '(' : '[');
    bool good = append_points(out, in, in.u32());
    out.append(closed ? ')' : ']');
    return good;
}

bool append_circle(text_buffer& out, byte_reader& in) {
    out.append('<');
    append_point(out, in);
    out.append(',');
    append_next(out, in);
    out.append('>');
    return true;
}

}  // namespace

bool geometric(text_buffer& out, byte_reader& in, family what) {
    switch (what) {
        case family::point:
            append_point(out, in);
            return true;
        case family::lseg: {
            out.append('[');
            bool good = append_points(out, in, 2);
            out.append(']');
            return good;
        }
        case family::box:
            return append_points(out, in, 2);
        case family::path: {
            bool closed = in.u8() != 0;
            return append_path(out, in, closed);
        }
        case family::polygon:
            return append_path(out, in, true);
        case family::line:
            return append_line(out, in);
        case family::circle:
            return append_circle(out, in);
        default:
            return false;
    }
}

}  // namespace walferry::values::render
