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
    explicit stage(std::uint64_t bytes = 1000, std::uint32_t records = 100,
                   std::chrono::microseconds gather = 1000us)
        : lanes({bytes, records, 1000us, gather}) {
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

    // The oldest ones that are out.
    void settle(std::int32_t partition, int count) {
        const std::string prefix = std::to_string(partition) + ":";
        for (; count > 0; ++settled_until) {
            const auto& one = given.at(settled_until);
            if (one.starts_with(prefix)) {
                lanes.settled(0, partition);
                --count;
            }
        }
    }

    // Records of `size` bytes.
    void offer_many(int count, std::size_t size = 1) {
        for (int i = 0; i < count; ++i) {
            offer(0, std::string(size, 'x'));
        }
    }

    void at(std::chrono::microseconds later) { lanes.look(instant{1s} + later); }

    partition_lanes lanes;
    std::vector<std::string> given;
    std::size_t settled_until = 0;
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

namespace {

// A batch of five records is under way, its linger over.
stage with_a_batch_out(std::uint64_t bytes) {
    stage it{bytes, 10'000};
    it.offer_many(5);
    it.at(2ms);
    return it;
}

}  // namespace

TEST_CASE("where much waits the next batch goes ahead, and what comes then joins it") {
    auto it = with_a_batch_out(10'000);
    it.offer_many(499);
    it.release();
    CHECK(it.given.size() == 5);
    CHECK_FALSE(it.lanes.due());
    it.offer_many(1);
    CHECK(it.lanes.due());
    it.release();
    CHECK(it.given.size() == 505);
    it.offer_many(10);
    CHECK(it.given.size() == 515);
    CHECK_FALSE(it.lanes.due());
}

TEST_CASE("only one batch goes ahead; the next one when that is under way") {
    auto it = with_a_batch_out(1'000);
    it.offer_many(3'000);
    it.release();
    CHECK(it.given.size() == 1'005);
    it.settle(0, 4);
    it.release();
    CHECK(it.given.size() == 1'005);
    it.settle(0, 1);
    it.at(50ms);
    it.release();
    CHECK(it.given.size() == 2'005);
}

TEST_CASE("the next batch waits here until the answer is near") {
    stage it{10'000, 10'000};
    it.offer_many(5);
    it.at(16ms);
    it.settle(0, 5);  // 16 ms is the usual time now
    it.offer_many(5);
    it.at(18ms);
    it.offer_many(500);
    it.release();
    CHECK(it.given.size() == 10);
    // An eighth before it, the linger, and half of the time that handing over takes.
    const auto due = instant{1s} + 16ms + 14ms - 1ms - 250us;
    CHECK(it.lanes.due() == due);
    it.lanes.look(due);
    it.release();
    CHECK(it.given.size() == 510);
}

TEST_CASE("nothing goes ahead of a batch of fewer than five, or in batches of few large records") {
    stage small{10'000, 10'000};
    small.offer_many(4);
    small.at(2ms);
    small.offer_many(1'000);
    small.release();
    CHECK(small.given.size() == 4);
    auto large = with_a_batch_out(1'000);
    large.offer_many(600, 101);
    large.release();
    CHECK(large.given.size() == 5);
    stage few{10'000, 499};
    few.offer_many(499);
    few.at(2ms);
    few.offer_many(1'000);
    few.release();
    CHECK(few.given.size() == 499);
}

TEST_CASE("where librdkafka lingers for long, small batches gather here and are hurried then") {
    stage it{1000, 100, 300us};
    it.offer(0, "a");
    it.at(100us);
    it.offer(0, "b");
    it.offer(1, "c");
    it.release();
    CHECK(it.given.empty());
    CHECK_FALSE(it.lanes.take_hurry());
    CHECK(it.lanes.due() == instant{1s} + 300us);
    it.at(300us);
    it.release();
    CHECK(it.given == all_of{"0:a", "0:b", "1:c"});
    it.offer(0, "d");
    CHECK(it.lanes.take_hurry());
    CHECK_FALSE(it.lanes.take_hurry());
    it.release();
    CHECK(it.given.size() == 3);
    CHECK_FALSE(it.lanes.due());
}

TEST_CASE("what waited for an answer gathers from then on") {
    stage it{1000, 100, 300us};
    it.offer(0, "a");
    it.at(300us);
    it.release();
    it.offer(0, "b");
    it.at(2ms);
    it.settle(0, 1);
    it.release();
    CHECK(it.given == all_of{"0:a"});
    CHECK(it.lanes.due() == instant{1s} + 2300us);
    it.at(2300us);
    it.release();
    CHECK(it.given == all_of{"0:a", "0:b"});
}

TEST_CASE("a flush does not wait for what gathers") {
    stage it{1000, 100, 300us};
    it.offer(0, "a");
    it.release(true);
    CHECK(it.given == all_of{"0:a"});
    CHECK_FALSE(it.lanes.due());
}

TEST_CASE("nothing is hurried while much waits, and nothing goes ahead while something is") {
    stage it{10'000, 10'000, 300us};
    it.offer_many(5);
    it.at(300us);
    it.release();
    CHECK(it.lanes.take_hurry());
    it.at(400us);
    it.offer_many(600);
    const auto over = instant{1s} + 300us + partition_lanes::hurry_time;
    CHECK(it.lanes.due() == over);
    it.release();
    CHECK(it.given.size() == 5);
    it.lanes.look(over);
    it.release();
    CHECK(it.given.size() == 605);
    it.offer(1, "x");
    it.at(20ms);
    it.release();
    CHECK(it.given.back() == "1:x");
    CHECK_FALSE(it.lanes.take_hurry());
    CHECK_FALSE(it.lanes.due());
}

TEST_CASE("enough for a batch of its own gathers no longer") {
    stage it{10'000, 10'000, 300us};
    it.offer_many(499);
    it.release();
    CHECK(it.given.empty());
    it.offer_many(1);
    it.release();
    CHECK(it.given.size() == 500);
    CHECK_FALSE(it.lanes.due());
}

TEST_CASE("where librdkafka lingers for no longer than a batch gathers nothing is hurried") {
    stage it{1000, 100, 1000us};
    it.offer(0, "a");
    it.at(5ms);
    CHECK(it.given == all_of{"0:a"});
    CHECK_FALSE(it.lanes.due());
    CHECK_FALSE(it.lanes.take_hurry());
}
