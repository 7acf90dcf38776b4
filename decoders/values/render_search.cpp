// tsvector, tsquery, hstore.
#include "decoders/values/render.hpp"

namespace walferry::values::render {
namespace {

constexpr int depth_max = 1000;
constexpr int operand = 1;
constexpr int op_not = 1;
constexpr int op_phrase = 4;

void append_lexeme(text_buffer& out, std::string_view lexeme) {
    out.append('\'');
    for (char c : lexeme) {
        if (c == '\'' || c == '\\') {
            out.append(c);
        }
        out.append(c);
    }
    out.append('\'');
}

void append_position(text_buffer& out, std::uint16_t position) {
    constexpr char weights[] = {0, 'C', 'B', 'A'};
    out.append_number(position & 0x3fff);
    if (char weight = weights[position >> 14]; weight != 0) {
        out.append(weight);
    }
}

void append_operand(text_buffer& out, byte_reader& in) {
    auto weights = in.u8();
    bool prefix = in.u8() != 0;
    append_lexeme(out, in.c_string());
    if (weights == 0 && !prefix) {
        return;
    }
    out.append(':');
    if (prefix) {
        out.append('*');
    }
    for (unsigned i = 0; i < 4; ++i) {
        if ((weights & (8u >> i)) != 0) {
            out.append(static_cast<char>('A' + i));
        }
    }
}

// NOT binds most, then PHRASE, AND, OR.
int priority_of(int op) {
    constexpr int priorities[] = {0, 4, 2, 1, 3};
    return op >= 1 && op <= 4 ? priorities[op] : 0;
}

void append_operator(text_buffer& out, int op, std::uint16_t distance) {
    if (op != op_phrase) {
        out.append(op == 2 ? " & " : " | ");
    } else if (distance == 1) {
        out.append(" <-> ");
    } else {
        out.append(" <");
        out.append_number(distance);
        out.append("> ");
    }
}

// The right operand comes first on the wire and last in the text: it is rendered behind the left
// one's place, and moved.
bool append_query(text_buffer& out, byte_reader& in, int parent, bool right_of_phrase, int depth) {
    auto kind = in.u8();
    if (in.failed() || depth > depth_max) {
        return false;
    }
    if (kind == operand) {
        append_operand(out, in);
        return true;
    }
    int op = in.u8();
    std::uint16_t distance = op == op_phrase ? in.u16() : std::uint16_t{0};
    int priority = priority_of(op);
    if (kind != 2 || priority == 0) {
        return false;
    }
    bool enclosed = priority < parent || (op == op_phrase && right_of_phrase);
    if (enclosed) {
        out.append("( ");
    }
    bool good = true;
    if (op == op_not) {
        out.append('!');
        good = append_query(out, in, priority, false, depth + 1);
    } else {
        text_buffer right;
        good = append_query(right, in, priority, op == op_phrase, depth + 1) &&
               append_query(out, in, priority, false, depth + 1);
        append_operator(out, op, distance);
        out.append(right.view());
    }
    if (enclosed) {
        out.append(" )");
    }
    return good;
}

void append_quoted(text_buffer& out, std::string_view text) {
    out.append('"');
    for (char c : text) {
        if (c == '"' || c == '\\') {
            out.append('\\');
        }
        out.append(c);
    }
    out.append('"');
}

}  // namespace

bool tsvector(text_buffer& out, byte_reader& in) {
    auto count = in.u32();
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
        if (i != 0) {
            out.append(' ');
        }
        append_lexeme(out, in.c_string());
        auto positions = in.u16();
        for (std::uint16_t k = 0; k < positions && !in.failed(); ++k) {
            out.append(k == 0 ? ':' : ',');
            append_position(out, in.u16());
        }
    }
    return true;
}

bool tsquery(text_buffer& out, byte_reader& in) {
    return in.u32() == 0 || append_query(out, in, -1, false, 0);
}

bool hstore(text_buffer& out, byte_reader& in) {
    auto count = in.u32();
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
        if (i != 0) {
            out.append(", ");
        }
        append_quoted(out, in.bytes(in.u32()));
        out.append("=>");
        auto length = in.i32();
        if (length < 0) {
            out.append("NULL");
        } else {
            append_quoted(out, in.bytes(static_cast<std::size_t>(length)));
        }
    }
    return true;
}

}  // namespace walferry::values::render
