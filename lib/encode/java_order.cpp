#include "lib/encode/java_order.hpp"

#include "decoders/values/hstore_text.hpp"
#include "lib/encode/json_text.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace walferry::encode {
namespace {

struct pair {
    std::uint32_t spread = 0;
    std::string json;
};

void add_unit(std::uint32_t& hash, std::uint32_t unit) {
    hash = hash * 31 + unit;
}

// String.hashCode() runs over UTF-16 units; HashMap mixes the upper half into the lower.
std::uint32_t spread_hash(std::string_view key) {
    std::uint32_t hash = 0;
    while (!key.empty()) {
        auto length = std::max<std::size_t>(1, utf8_length(key));
        auto first = static_cast<unsigned char>(key[0]);
        std::uint32_t point = length == 1 ? first : first & (0xffu >> (length + 1));
        for (std::size_t i = 1; i < length; ++i) {
            point = point << 6 | (static_cast<unsigned char>(key[i]) & 0x3f);
        }
        if (point >= 0x10000) {
            add_unit(hash, 0xd800 + ((point - 0x10000) >> 10));
            add_unit(hash, 0xdc00 + ((point - 0x10000) & 0x3ff));
        } else {
            add_unit(hash, point);
        }
        key.remove_prefix(length);
    }
    return hash ^ (hash >> 16);
}

}  // namespace

bool append_in_java_order(std::string_view hstore, text_buffer& out, workspace& space) {
    values::hstore_reader reader{hstore, space.name, space.element};
    std::vector<pair> pairs;
    auto token = reader.next();
    for (; token == values::hstore_reader::token::pair; token = reader.next()) {
        pairs.push_back(
            {spread_hash(reader.key()),
             json_of(reader.key()) + ":" + (reader.is_null() ? "null" : json_of(reader.value()))});
    }
    if (token != values::hstore_reader::token::end) {
        return false;
    }
    std::size_t size = 16;
    while (pairs.size() * 4 > size * 3) {
        size *= 2;
    }
    std::stable_sort(pairs.begin(), pairs.end(), [size](const pair& a, const pair& b) {
        return (a.spread & (size - 1)) < (b.spread & (size - 1));
    });
    out.append('{');
    for (const auto& each : pairs) {
        if (&each != pairs.data()) {
            out.append(',');
        }
        out.append(each.json);
    }
    out.append('}');
    return true;
}

}  // namespace walferry::encode
