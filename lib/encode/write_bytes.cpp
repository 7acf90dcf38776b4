// bytea, bit strings, and texts that are published as bytes.
#include "lib/encode/json_text.hpp"
#include "lib/encode/value_plan.hpp"

namespace walferry::encode::writers {
namespace {

void append_bytes(config::binary_mode mode, std::string_view bytes, text_buffer& out) {
    out.append('"');
    switch (mode) {
        case config::binary_mode::hex:
            append_hex(out, bytes);
            break;
        case config::binary_mode::base64_url_safe:
            append_base64(out, bytes, base64_alphabet::url_safe);
            break;
        case config::binary_mode::bytes:
        case config::binary_mode::base64:
            append_base64(out, bytes);
            break;
    }
    out.append('"');
}

}  // namespace

bool bytea(const value_plan& plan, std::string_view text, text_buffer& out, workspace& space) {
    if (!text.starts_with("\\x")) {
        return false;
    }
    space.bytes.clear();
    if (!append_unhexed(space.bytes, text.substr(2))) {
        return false;
    }
    append_bytes(plan.binary, space.bytes.view(), out);
    return true;
}

bool text_as_bytes(const value_plan& plan, std::string_view text, text_buffer& out, workspace&) {
    append_bytes(plan.binary, text, out);
    return true;
}

bool bit(const value_plan&, std::string_view text, text_buffer& out, workspace&) {
    if (text != "0" && text != "1") {
        return false;
    }
    out.append(text == "1" ? "true" : "false");
    return true;
}

// The number that the bits spell, least significant byte first, without leading zeros.
bool bits(const value_plan&, std::string_view text, text_buffer& out, workspace& space) {
    if (text.find_first_not_of("01") != std::string_view::npos) {
        return false;
    }
    space.bytes.clear();
    auto first = text.find('1');
    auto significant = text.substr(first == std::string_view::npos ? text.size() : first);
    while (!significant.empty()) {
        auto count = significant.size() < 8 ? significant.size() : 8;
        unsigned value = 0;
        for (char c : significant.substr(significant.size() - count)) {
            value = value * 2 + static_cast<unsigned>(c - '0');
        }
        space.bytes.append(static_cast<char>(value));
        significant.remove_suffix(count);
    }
    append_bytes(config::binary_mode::bytes, space.bytes.view(), out);
    return true;
}

}  // namespace walferry::encode::writers
