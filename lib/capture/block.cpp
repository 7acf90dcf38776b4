#include "lib/capture/block.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace walferry::capture {
namespace {

std::string in_network_order(std::uint64_t value, int bytes) {
    std::string out;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(value >> shift));
    }
    return out;
}

}  // namespace

std::string block_head(block_kind kind, std::size_t length) {
    return static_cast<char>(kind) + in_network_order(length, 4);
}

std::string block_tail(std::string_view head, std::string_view payload) {
    auto seed = XXH3_64bits(head.data(), head.size());
    return in_network_order(XXH3_64bits_withSeed(payload.data(), payload.size(), seed), 8);
}

}  // namespace walferry::capture
