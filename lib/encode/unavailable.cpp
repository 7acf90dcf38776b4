#include "lib/encode/unavailable.hpp"

#include "lib/encode/json_text.hpp"
#include "lib/encode/pg_types.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

namespace walferry::encode {
namespace {

// The name-based UUID (version 3) of the placeholder, as Java's UUID.nameUUIDFromBytes makes it.
std::string uuid_of(std::string_view placeholder) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    EVP_Digest(placeholder.data(), placeholder.size(), digest.data(), nullptr, EVP_md5(), nullptr);
    digest[6] = static_cast<unsigned char>((digest[6] & 0x0f) | 0x30);
    digest[8] = static_cast<unsigned char>((digest[8] & 0x3f) | 0x80);
    std::string bytes{digest.begin(), digest.begin() + 16};
    text_buffer hex;
    append_hex(hex, bytes);
    auto text = std::string{hex.view()};
    for (std::size_t at : {20u, 16u, 12u, 8u}) {
        text.insert(at, 1, '-');
    }
    return text;
}

std::string codes_of(std::string_view placeholder) {
    std::string codes;
    for (char c : placeholder) {
        codes += (codes.empty() ? "" : ",") + std::to_string(static_cast<signed char>(c));
    }
    return codes;
}

std::string element_json(const value_plan& element, const config::event_settings& events) {
    switch (element.oid) {
        case pg::int2:
        case pg::int4:
        case pg::int8:
        case pg::oid:
        case pg::date:
            return element.type == event_type::string ? json_of(events.unavailable_value)
                                                      : codes_of(events.unavailable_value);
        case pg::uuid:
            return json_of(uuid_of(events.unavailable_value));
        default:
            return unavailable_json(element, events);
    }
}

bool is_text_like(const value_plan& plan) {
    return plan.type == event_type::string || plan.oid == pg::bytea;
}

}  // namespace

std::string unavailable_json(const value_plan& plan, const config::event_settings& events) {
    const auto& placeholder = events.unavailable_value;
    text_buffer out;
    workspace space;
    if (plan.write == writers::text_as_bytes || plan.write == writers::bytea) {
        writers::text_as_bytes(plan, placeholder, out, space);
        return std::string{out.view()};
    }
    auto text = json_of(placeholder);
    if (plan.write == writers::hstore_map || plan.write == writers::hstore_json) {
        auto object = "{" + text + ":" + text + "}";
        return plan.type == event_type::map ? object : json_of(object);
    }
    if (plan.type == event_type::array) {
        auto element = plan.element->oid;
        bool codes = element == pg::int2 || element == pg::int4 || element == pg::int8 ||
                     element == pg::oid || element == pg::date;
        if (codes || is_text_like(*plan.element)) {
            return "[" + element_json(*plan.element, events) + "]";
        }
    }
    return text;
}

}  // namespace walferry::encode
