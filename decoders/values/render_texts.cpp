// "char", bytea, uuid, bit strings, network addresses.
#include "decoders/values/render.hpp"

namespace walferry::values::render {
namespace {

constexpr char hex[] = "0123456789abcdef";

void append_hex_byte(text_buffer& out, unsigned char byte) {
    out.append(hex[byte >> 4]);
    out.append(hex[byte & 0xf]);
}

void append_ipv4(text_buffer& out, std::string_view address) {
    for (std::size_t i = 0; i < 4; ++i) {
        if (i != 0) {
            out.append('.');
        }
        out.append_number(static_cast<unsigned>(static_cast<unsigned char>(address[i])));
    }
}

struct zero_run {
    std::size_t start = 0;
    std::size_t length = 0;
};

// The first of the longest runs of zero words; runs of one word are not shortened.
zero_run longest_zeros(const unsigned (&words)[8]) {
    zero_run best;
    zero_run current;
    for (std::size_t i = 0; i < 8; ++i) {
        current = words[i] != 0 ? zero_run{i + 1, 0} : zero_run{current.start, current.length + 1};
        if (current.length > best.length) {
            best = current;
        }
    }
    return best.length < 2 ? zero_run{8, 0} : best;
}

void append_ipv6(text_buffer& out, std::string_view address) {
    unsigned words[8];
    for (std::size_t i = 0; i < 8; ++i) {
        words[i] = static_cast<unsigned>(static_cast<unsigned char>(address[2 * i]) << 8 |
                                         static_cast<unsigned char>(address[2 * i + 1]));
    }
    auto zeros = longest_zeros(words);
    bool holds_ipv4 =
        zeros.start == 0 && (zeros.length == 6 || (zeros.length == 7 && words[7] != 1) ||
                             (zeros.length == 5 && words[5] == 0xffff));
    for (std::size_t i = 0; i < 8; ++i) {
        if (i >= zeros.start && i < zeros.start + zeros.length) {
            if (i == zeros.start) {
                out.append(':');
            }
            continue;
        }
        if (i != 0) {
            out.append(':');
        }
        if (i == 6 && holds_ipv4) {
            append_ipv4(out, address.substr(12));
            return;
        }
        char text[4] = {hex[words[i] >> 12], hex[words[i] >> 8 & 0xf], hex[words[i] >> 4 & 0xf],
                        hex[words[i] & 0xf]};
        std::size_t skip = 0;
        while (skip < 3 && text[skip] == '0') {
            ++skip;
        }
        out.append({text + skip, 4 - skip});
    }
    if (zeros.length != 0 && zeros.start + zeros.length == 8) {
        out.append(':');
    }
}

}  // namespace

void append_hex(text_buffer& out, std::string_view bytes) {
    char* at = out.reserve(bytes.size() * 2);
    for (char c : bytes) {
        *at++ = hex[(c >> 4) & 0xf];
        *at++ = hex[c & 0xf];
    }
    out.commit(bytes.size() * 2);
}

// Bytes beyond ASCII are printed in octal, since PostgreSQL 15.
bool character(text_buffer& out, byte_reader& in) {
    auto byte = in.u8();
    if (byte >= 0x80) {
        out.append('\\');
        out.append(static_cast<char>('0' + (byte >> 6)));
        out.append(static_cast<char>('0' + (byte >> 3 & 7)));
        out.append(static_cast<char>('0' + (byte & 7)));
    } else if (byte != 0) {
        out.append(static_cast<char>(byte));
    }
    return true;
}

bool bytea(text_buffer& out, byte_reader& in) {
    out.append("\\x");
    append_hex(out, in.rest());
    return true;
}

bool uuid(text_buffer& out, byte_reader& in) {
    for (std::size_t length : {4u, 2u, 2u, 2u, 6u}) {
        if (length == 2 || length == 6) {
            out.append('-');
        }
        append_hex(out, in.bytes(length));
    }
    return true;
}

bool bits(text_buffer& out, byte_reader& in) {
    auto count = in.u32();
    auto bytes = in.rest();
    if (bytes.size() != (std::size_t{count} + 7) / 8) {
        return false;
    }
    char* at = out.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        *at++ = (bytes[i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
    }
    out.commit(count);
    return true;
}

bool network(text_buffer& out, byte_reader& in) {
    auto kind = in.u8();
    unsigned prefix = in.u8();
    bool is_cidr = in.u8() != 0;
    auto address = in.bytes(in.u8());
    bool ipv4 = kind == 2;
    if ((!ipv4 && kind != 3) || address.size() != (ipv4 ? 4u : 16u)) {
        return false;
    }
    ipv4 ? append_ipv4(out, address) : append_ipv6(out, address);
    if (is_cidr || prefix != (ipv4 ? 32u : 128u)) {
        out.append('/');
        out.append_number(prefix);
    }
    return true;
}

bool mac_address(text_buffer& out, byte_reader& in) {
    auto bytes = in.rest();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i != 0) {
            out.append(':');
        }
        append_hex_byte(out, static_cast<unsigned char>(bytes[i]));
    }
    return bytes.size() == 6 || bytes.size() == 8;
}

}  // namespace walferry::values::render
