#include "lib/route/partitioner.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using walferry::route::partition_of;

namespace {

struct vector {
    std::string key;
    std::int32_t murmur2;
};

// org.apache.kafka.common.utils.UtilsTest.testMurmur2 of Kafka's Java client.
const vector vectors[] = {
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
};

}  // namespace

TEST_CASE("keys go to the partition that Kafka's Java client chooses") {
    for (const auto& [key, murmur2] : vectors) {
        CAPTURE(key);
        // Utils.toPositive(Utils.murmur2(key)) % partitions
        for (std::int32_t partitions :
             {1, 2, 3, 12, 100, std::numeric_limits<std::int32_t>::max()}) {
            CHECK(partition_of(key, partitions) == (murmur2 & 0x7fffffff) % partitions);
        }
    }
}

TEST_CASE("every length of tail and every byte value gives a partition there is") {
    std::string key;
    for (int i = 0; i < 300; ++i) {
        for (std::int32_t partitions : {1, 7, 1000}) {
            auto partition = partition_of(key, partitions);
            REQUIRE(partition >= 0);
            REQUIRE(partition < partitions);
        }
        key += static_cast<char>(255 - i);
    }
}

TEST_CASE("bytes above 127 are bytes, not negative numbers") {
    // Two keys that differ in the last byte of their tail only; a sign extended by mistake would
    // also change the bytes above it, whatever they are.
    CHECK(partition_of("\xff", 1'000'003) != partition_of({"\xff\xff\xff", 3}, 1'000'003));
    CHECK(partition_of("\xff", 1'000'003) != partition_of("\x7f", 1'000'003));
}
