#include "lib/capture/block.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace walferry::capture {

void append_number(std::string& to, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        to.push_back(static_cast<char>(value >> shift));
    }
}

std::string block_head(block_kind kind, std::size_t length) {
    std::string head(1, static_cast<char>(kind));
    append_number(head, length, 4);
    return head;
}

std::string block_tail(std::string_view head, std::string_view payload) {
    auto seed = XXH3_64bits(head.data(), head.size());
    std::string tail;
    append_number(tail, XXH3_64bits_withSeed(payload.data(), payload.size(), seed), 8);
    return tail;
}

}  // namespace walferry::capture
