#pragma once

#include "lib/base/record.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace walferry::publish {

// A record that owns its bytes until it may leave.
class held_record {
public:
    held_record(const record& what, std::uint64_t packed);

    // Valid while this object lives and stays where it is.
    record view();
    std::uint64_t packed() const { return packed_; }

private:
    std::optional<std::string> key_;
    std::optional<std::string> value_;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers_;
    std::vector<header> header_views_;
    std::int64_t timestamp_ms_;
    std::uint64_t packed_;
};

// The beginning of one producer in one partition. A broker that knows nothing of a producer takes
// whichever of its batches comes first: if the first one is turned away for a moment and the next
// one is under way already, that is written before it. So the first record goes alone, and what
// follows waits until the broker has confirmed it.
class partition_start {
public:
    // Whether the next record may leave now; otherwise it is to be held.
    bool admits() {
        if (at_ == stage::begun) {
            return true;
        }
        return std::exchange(at_, stage::first_out) == stage::untouched;
    }

    void hold(const record& what, std::uint64_t packed) { held_.emplace_back(what, packed); }

    // The broker confirmed the first record: what waits, in order, may leave.
    std::deque<held_record> first_confirmed() {
        at_ = stage::begun;
        return std::exchange(held_, {});
    }

    // The producer failed: what waits will never leave.
    std::deque<held_record> give_up() { return std::exchange(held_, {}); }

    bool has_begun() const { return at_ == stage::begun; }

private:
    enum class stage : std::uint8_t { untouched, first_out, begun };

    stage at_ = stage::untouched;
    std::deque<held_record> held_;
};

}  // namespace walferry::publish
