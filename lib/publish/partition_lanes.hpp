#pragma once

#include "lib/base/record.hpp"
#include "lib/base/text_buffer.hpp"
#include "lib/base/time.hpp"
#include "lib/publish/kafka_handles.hpp"
#include "lib/publish/sink.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <vector>

namespace walferry::publish {

// An idempotent producer of librdkafka has one batch of a partition under way as long as five
// records or more are in it, and its thread polls without rest while another one is due (kafka.md
// 1.4). So what comes while a batch is under way waits here until that is confirmed: the same
// batches, for a fraction of the CPU. Where much waits, as when behind, the next batch is handed
// over ahead, so that librdkafka has it when the answer comes: a pause between batches would cost
// more than some polling. That happens as long before the usual time of the answer as handing over
// and lingering take, so that the batch becomes due when it can leave.
//
// librdkafka lingers for long, as costs it least when much waits. So small batches gather here;
// when they were handed over, take_hurry() tells the caller to end librdkafka's lingering for all
// batches. While that lasts none goes ahead, because it would be due at once. Where librdkafka
// lingers no longer than a batch gathers, they gather there.
//
// Two batches with librdkafka have two faults: it takes a lost one for delivered when the next was
// stored (kafka.md 1.9), and a broker to which the producer is new takes whichever comes first. So
// nothing goes ahead of a batch of fewer than five, and the first record of a partition goes alone.
// Order in a partition is kept. Pure.
class partition_lanes {
public:
    // Of a batch, as librdkafka is configured.
    struct limits {
        std::uint64_t batch_bytes;
        std::uint32_t batch_records;
        std::chrono::microseconds linger;
        std::chrono::microseconds gather;  // so long at most before a small one leaves
    };

    // A record that waits. Views are valid until the next call.
    struct waiting {
        topic_id topic;
        std::int32_t partition;
        record what;              // its headers stand apart
        headers_handle* headers;  // null in what it points to: there are none
        std::uint64_t packed;
    };

    explicit partition_lanes(const limits& of_a_batch);

    void add_topic(topic_id id, int partitions);

    // Time for what follows, also that of librdkafka's lingering.
    void look(instant now) { now_ = now; }

    // Whether a record of so many bytes goes to librdkafka now; then it counts as under way.
    bool admit(topic_id topic, std::int32_t partition, std::uint64_t bytes);

    // Keeps what admit() refused. True: due() has a new answer.
    bool hold(topic_id topic, std::int32_t partition, const record& what, std::uint64_t packed,
              headers_handle headers);

    // librdkafka is done with a record, for better or worse.
    void settled(topic_id topic, std::int32_t partition);

    // The broker has stored a record of this producer there.
    void began(topic_id topic, std::int32_t partition) { at(topic, partition).begun = true; }

    // Hands over what may go, or all of it. What `give` gets counts as under way; it takes the
    // headers. False from it ends the handing over; call drop() then.
    void release(bool all, const std::function<bool(const waiting&)>& give);

    // When release() has something to do although nothing was settled.
    std::optional<instant> due() const;

    // Once after release() handed small batches over: the caller sees to it that librdkafka does
    // not linger for hurry_time.
    static constexpr std::chrono::milliseconds hurry_time{1};
    bool take_hurry();

    // Forgets what waits.
    void drop(const std::function<void(const waiting&)>& dropped);

private:
    struct entry {
        std::size_t key_size;
        std::size_t value_size;
        std::int64_t timestamp_ms;
        std::uint64_t packed;
        headers_handle headers;
        bool has_key;
        bool has_value;
    };

    // So many bytes of what waits that growing and giving back costs little.
    struct block {
        text_buffer bytes;
        std::vector<entry> entries;
        std::size_t next_entry = 0;
        std::size_t next_byte = 0;
    };

    struct lane {
        topic_id topic = 0;
        std::int32_t partition = 0;
        bool begun = false;
        std::uint32_t under_way = 0;
        std::uint32_t ahead = 0;  // of those, the ones of the next batch
        std::uint64_t bytes_ahead = 0;
        instant sent{};                  // the batch under way
        instant::duration round_trip{};  // usual time of a batch; 0: not known
        // Of the records handed over since nothing was under way.
        std::uint32_t records = 0;
        std::uint64_t record_bytes = 0;
        instant since{};
        std::list<block> blocks;
        std::size_t waiting = 0;  // in the blocks

        bool empty() const { return blocks.empty(); }
    };

    lane& at(topic_id topic, std::int32_t partition) {
        return lanes_[topic][static_cast<std::size_t>(partition)];
    }
    bool joins_batch(const lane& of, std::uint64_t bytes) const;
    bool gathers(const lane& of) const { return hurries_ && of.under_way == 0; }
    bool has_gathered(const lane& of) const;
    bool much_waits() const;
    bool is_small(std::uint64_t bytes) const;
    bool is_worth_going_ahead(const lane& of) const;
    bool goes_ahead(const lane& of, std::uint64_t bytes) const;
    instant ahead_at(const lane& of) const;
    void answered(lane& of);
    void count(lane& of, std::uint64_t bytes);
    void count_ahead(lane& of, std::uint64_t bytes);
    static std::uint64_t next_bytes(const lane& of);
    static waiting take_next(lane& of);
    template <typename Fits>
    bool hand_over(lane& of, const std::function<bool(const waiting&)>& give, Fits&& fits);
    bool hand_over(lane& of, bool all, const std::function<bool(const waiting&)>& give);

    limits limits_;
    bool hurries_;
    std::uint32_t gathered_records_ = 0;      // in a batch, while it gathers
    std::size_t lanes_ahead_ = 0;             // with a batch that went ahead
    std::optional<instant> gathering_since_;  // of the first lane
    bool small_ones_left_ = false;            // were handed over
    instant hurried_until_{};
    instant now_{};
    std::vector<std::vector<lane>> lanes_;
    std::vector<lane*> waiting_lanes_;  // with entries
};

}  // namespace walferry::publish
