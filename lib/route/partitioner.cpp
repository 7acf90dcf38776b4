#include "lib/route/partitioner.hpp"

#include <cstddef>

namespace walferry::route {
namespace {

std::uint32_t little_endian(const char* at) {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i) {
        value = (value << 8) | static_cast<unsigned char>(at[i]);
    }
    return value;
}

// Murmur2, 32 bit, with the seed that Kafka uses.
std::uint32_t murmur2(std::string_view bytes) {
    constexpr std::uint32_t multiplier = 0x5bd1e995;
    std::uint32_t hash = 0x9747b28c ^ static_cast<std::uint32_t>(bytes.size());
    std::size_t whole = bytes.size() & ~std::size_t{3};
    for (std::size_t i = 0; i < whole; i += 4) {
        std::uint32_t word = little_endian(bytes.data() + i) * multiplier;
        word ^= word >> 24;
        hash = (hash * multiplier) ^ (word * multiplier);
    }
    if (whole != bytes.size()) {
        for (std::size_t i = bytes.size(); i-- > whole;) {
            hash ^= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * (i - whole));
        }
        hash *= multiplier;
    }
    hash ^= hash >> 13;
    hash *= multiplier;
    return hash ^ (hash >> 15);
}

}  // namespace

std::int32_t partition_of(std::string_view key, std::int32_t partitions) {
    return static_cast<std::int32_t>(murmur2(key) & 0x7fffffff) % partitions;
}

}  // namespace walferry::route
