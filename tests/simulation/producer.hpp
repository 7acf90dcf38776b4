#pragma once

#include "lib/base/error.hpp"
#include "lib/publish/sink.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/schedule.hpp"
#include "tests/simulation/truth.hpp"
#include "tests/simulation/variant.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace walferry::simulation {

// A Kafka producer with the broker behind it, one batch in flight a partition, idempotent: what a
// partition gets of one producer is a prefix of what it was given. A batch may be slow, fail, be
// appended without an answer, or be taken for delivered without an offset although it is not there
// (kafka.md 1.9). A dead producer's batch may still land.
class producer : public publish::sink {
public:
    struct world {
        truth& database;
        dice& random;
        const plan& how;
        schedule& calendar;
        variant lie = variant::none;
        const bool& calm;
    };

    producer(world around, std::uint64_t number);

    void produce(publish::topic_id topic, std::int32_t partition, const record& what,
                 std::uint64_t ticket) override;
    bool has_room() const override {
        return bytes_out_ < around_.how.budget || around_.lie == variant::ignore_back_pressure;
    }

    // Opens topics in this order: an id is an index of them.
    publish::opened_topic open(const std::string& name);

    // Happenings.
    void batch_leaves(std::uint32_t lane);
    void batch_lands(std::uint32_t lane);
    // What the engine is to be told; empty when the producer is dead.
    std::vector<publish::delivery> batch_confirmed(std::uint32_t lane);

    std::optional<error> failed;                     // set once; the driver hands it to the engine
    std::optional<publish::refused_record> refused;  // why, if it is that
    std::uint32_t timeline = 0;  // of the position that is being stored through it
    std::uint64_t generation = 0;
    lsn published;
    std::uint64_t epoch = 0;
    std::uint64_t state_key = 0;  // what that is stored under, where there are two instances
    std::uint64_t owner = 0;      // the process
    bool dead = false;            // replaced, or its process was killed

    std::uint64_t bytes_out() const { return bytes_out_; }
    std::uint64_t records_out() const { return records_out_; }
    std::uint64_t largest_record() const { return largest_; }
    lsn newest_commit() const { return last_commit_; }
    std::vector<publish::delivery> take_lies();

private:
    enum class fate { appended, lost_reply, rejected, no_offset, refused };

    struct waiting_record {
        record_id what = 0;
        std::uint64_t ticket = 0;
        std::uint64_t bytes = 0;
        std::optional<publish::refused_record> poison;
    };

    struct lane_state {
        std::deque<waiting_record> queue;  // the first `flying` are under way
        std::size_t flying = 0;
        fate of_batch = fate::appended;
        bool landed = false;
        bool stopped = false;       // a batch failed: nothing behind it leaves any more
        std::size_t uncertain = 0;  // in front: never appended, and the library believes they were
        bool leaving = false;
    };

    std::uint32_t gap_lane() const { return topic_count * around_.how.partitions; }
    std::uint32_t letter_lane() const { return gap_lane() + 1; }
    std::uint32_t lane_for(unsigned topic, std::int32_t partition) const;
    void fill(waiting_record& made, unsigned topic, std::int32_t partition, const record& what);
    void append(std::uint32_t number, record_id what);
    static std::size_t before_poison(const lane_state& lane, std::size_t count);
    fate draw_fate(const lane_state& lane);
    void leave_soon(std::uint32_t number, lane_state& lane);
    void fail(virtual_time after);
    void requeue_behind(lane_state& lane);
    std::vector<publish::delivery> release(lane_state& lane, std::size_t count, bool tell);

    world around_;
    std::uint64_t number_;
    std::vector<unsigned> topics_;  // by id: which topic
    std::vector<lane_state> lanes_;
    std::vector<publish::delivery> lies_;
    std::uint64_t bytes_out_ = 0;
    std::uint64_t records_out_ = 0;
    std::uint64_t largest_ = 0;
    lsn last_commit_;
};

}  // namespace walferry::simulation
