#include "lib/publish/partition_lanes.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace walferry;
using namespace walferry::publish;
using namespace std::chrono_literals;

namespace {

// One topic of two partitions. What is handed over is noted as "partition:value".
struct stage {
    explicit stage(std::uint64_t bytes = 1000, std::uint32_t records = 100)
        : lanes({bytes, records, 1000us}) {
        lanes.add_topic(0, 2);
        lanes.began(0, 0);
        lanes.look(instant{1s});
    }

    void offer(std::int32_t partition, std::string_view value) {
        record what;
        what.value = value;
        if (lanes.admit(0, partition, value.size())) {
            given.push_back(std::to_string(partition) + ":" + std::string(value));
        } else {
            lanes.hold(0, partition, what, 0, nullptr);
        }
    }

    void release(bool all = false) {
        lanes.release(all, [this](const partition_lanes::waiting& one) {
            given.push_back(std::to_string(one.partition) + ":" + std::string(*one.what.value));
            return true;
        });
    }

    void settle(std::int32_t partition, int count) {
        for (int i = 0; i < count; ++i) {
            lanes.settled(0, partition);
        }
    }

    void at(std::chrono::microseconds later) { lanes.look(instant{1s} + later); }

    partition_lanes lanes;
    std::vector<std::string> given;
};

using all_of = std::vector<std::string>;

}  // namespace

TEST_CASE("records gather in librdkafka while it lingers, and wait here while the batch is out") {
    stage it;
    it.offer(0, "a");
    it.at(400us);
    it.offer(0, "b");
    it.at(600us);
    it.offer(0, "c");
    it.release();
    CHECK(it.given == all_of{"0:a", "0:b"});
    it.settle(0, 1);
    it.release();
    CHECK(it.given == all_of{"0:a", "0:b"});
    it.settle(0, 1);
    it.release();
    CHECK(it.given == all_of{"0:a", "0:b", "0:c"});
}

TEST_CASE("the first record of a partition goes alone until the broker has stored it") {
    stage it;
    it.offer(1, "a");
    it.offer(1, "b");
    it.offer(1, "c");
    it.release();
    CHECK(it.given == all_of{"1:a"});
    it.lanes.began(0, 1);
    it.settle(1, 1);
    it.release();
    CHECK(it.given == all_of{"1:a", "1:b", "1:c"});
}

TEST_CASE("one partition's batch does not hold up another's") {
    stage it;
    it.offer(0, "a");
    it.at(2ms);
    it.offer(0, "b");
    it.offer(1, "c");
    CHECK(it.given == all_of{"0:a", "1:c"});
}

TEST_CASE("nothing overtakes what waits, also within the linger of the next batch") {
    stage it;
    it.offer(0, "a");
    it.at(2ms);
    it.offer(0, "b");
    it.settle(0, 1);
    it.offer(0, "c");
    CHECK(it.given == all_of{"0:a"});
    it.release();
    it.offer(0, "d");
    CHECK(it.given == all_of{"0:a", "0:b", "0:c", "0:d"});
}

TEST_CASE("what is handed over at once is one batch, by bytes and by records") {
    stage by_bytes{4, 100};
    stage by_records{1000, 2};
    for (stage* it : {&by_bytes, &by_records}) {
        for (const char* value : {"aa", "bb", "cc", "dd", "ee"}) {
            it->offer(0, value);
        }
        CHECK(it->given == all_of{"0:aa", "0:bb"});
        it->settle(0, 2);
        it->release();
        CHECK(it->given == all_of{"0:aa", "0:bb", "0:cc", "0:dd"});
        it->settle(0, 2);
        it->release();
        CHECK(it->given.back() == "0:ee");
    }
}

TEST_CASE("a record larger than a batch goes alone") {
    stage it{4, 100};
    it.offer(0, "a");
    it.offer(0, "larger than that");
    CHECK(it.given == all_of{"0:a"});
    it.settle(0, 1);
    it.release();
    CHECK(it.given.back() == "0:larger than that");
}

TEST_CASE("a flush hands everything over") {
    stage it{2, 1};
    for (const char* value : {"a", "b", "c"}) {
        it.offer(0, value);
    }
    it.release(true);
    CHECK(it.given == all_of{"0:a", "0:b", "0:c"});
}

TEST_CASE("a lane that never becomes empty keeps its order and its bytes") {
    stage it{100, 1};
    std::vector<std::string> expected;
    it.offer(0, "first");
    expected.emplace_back("0:first");
    for (int i = 0; i < 1000; ++i) {
        for (int more = 0; more < (i < 500 ? 2 : 0); ++more) {
            const std::string value = std::to_string(2 * i + more);
            it.offer(0, value);
            expected.push_back("0:" + value);
        }
        it.settle(0, 1);
        it.release();
    }
    CHECK(it.given == expected);
}

TEST_CASE("null and empty are kept apart, key and value too") {
    stage it;
    it.offer(0, "a");
    it.at(2ms);
    record tombstone;
    tombstone.key = "k";
    record empty;
    empty.value = "";
    it.lanes.hold(0, 0, tombstone, 7, nullptr);
    it.lanes.hold(0, 0, empty, 8, nullptr);
    std::vector<record> seen;
    std::vector<std::uint64_t> packed;
    it.lanes.release(true, [&](const partition_lanes::waiting& one) {
        seen.push_back(one.what);
        packed.push_back(one.packed);
        return true;
    });
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].key.has_value());
    CHECK(!seen[0].value.has_value());
    CHECK(!seen[1].key.has_value());
    CHECK(seen[1].value == std::string_view{});
    CHECK(packed == std::vector<std::uint64_t>{7, 8});
}
