#include "lib/publish/partition_lanes.hpp"

#include <algorithm>
#include <utility>

namespace walferry::publish {
namespace {

constexpr std::size_t block_bytes = 64u << 10;

// librdkafka sends no second batch beside one of so many records.
constexpr std::uint32_t barring_records = 5;
// So many waiting ones are worth librdkafka's polling.
constexpr std::uint32_t ahead_records_min = 500;

// A record takes about a microsecond.
std::uint32_t records_in(std::chrono::microseconds time) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(time.count(), 100, 10'000));
}

std::chrono::microseconds time_of(std::size_t records) {
    return std::chrono::microseconds{records};
}

}  // namespace

// What is handed over must be there before librdkafka ends its lingering, or the rest is due while
// the batch is under way: half of the time is left for chance.
partition_lanes::partition_lanes(const limits& of_a_batch)
    : limits_(of_a_batch), hurries_(limits_.gather < limits_.linger) {
    limits_.gather = std::min(limits_.gather, limits_.linger / 2);
    gathered_records_ =
        std::min(limits_.batch_records, records_in(hurries_ ? limits_.linger / 2 : limits_.gather));
}

void partition_lanes::add_topic(topic_id id, int partitions) {
    lanes_.resize(std::max<std::size_t>(lanes_.size(), id + std::size_t{1}));
    auto& made = lanes_[id];
    if (!made.empty()) {
        return;
    }
    made.resize(static_cast<std::size_t>(partitions));
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i].topic = id;
        made[i].partition = static_cast<std::int32_t>(i);
    }
}

bool partition_lanes::joins_batch(const lane& of, std::uint64_t bytes) const {
    const bool in_time = hurries_ || now_ - of.since < limits_.gather;
    return of.under_way == 0 || (of.begun && in_time && of.records < gathered_records_ &&
                                 of.record_bytes + bytes <= limits_.batch_bytes);
}

// What waits is worth librdkafka's own lingering, or there was time enough.
bool partition_lanes::has_gathered(const lane& of) const {
    return of.waiting >= ahead_records_min ||
           (gathering_since_ && now_ >= *gathering_since_ + limits_.gather);
}

bool partition_lanes::is_small(std::uint64_t bytes) const {
    return bytes * 2 * barring_records <= limits_.batch_bytes;
}

bool partition_lanes::is_worth_going_ahead(const lane& of) const {
    return of.begun && of.under_way >= barring_records && of.ahead == 0 &&
           of.waiting >= ahead_records_min && limits_.batch_records >= ahead_records_min &&
           is_small(next_bytes(of));
}

// An answer can come sooner than usual, and a batch that is late costs more than polling.
instant partition_lanes::ahead_at(const lane& of) const {
    const auto usual = of.round_trip - of.round_trip / 8;
    const auto handing_over = time_of(std::min<std::size_t>(of.waiting, limits_.batch_records));
    return std::max(of.sent + usual - limits_.linger - handing_over / 2, hurried_until_);
}

bool partition_lanes::much_waits() const {
    return lanes_ahead_ > 0 || std::ranges::any_of(waiting_lanes_, [this](const lane* one) {
               return is_worth_going_ahead(*one);
           });
}

bool partition_lanes::take_hurry() {
    if (!std::exchange(small_ones_left_, false) || much_waits()) {
        return false;
    }
    hurried_until_ = now_ + hurry_time;
    return true;
}

std::optional<instant> partition_lanes::due() const {
    std::optional<instant> first;
    for (const lane* one : waiting_lanes_) {
        if (is_worth_going_ahead(*one)) {
            first = std::min(first.value_or(instant::max()), ahead_at(*one));
        }
    }
    if (gathering_since_) {
        first = std::min(first.value_or(instant::max()), *gathering_since_ + limits_.gather);
    }
    return first;
}

// Batches of few large records would not bar each other.
bool partition_lanes::goes_ahead(const lane& of, std::uint64_t bytes) const {
    return of.ahead > 0 && of.bytes_ahead + bytes <= limits_.batch_bytes &&
           of.ahead < limits_.batch_records && is_small(bytes);
}

void partition_lanes::count(lane& of, std::uint64_t bytes) {
    if (of.under_way++ == 0) {
        of.since = of.sent = now_;
        of.records = 0;
        of.record_bytes = 0;
    }
    ++of.records;
    of.record_bytes += bytes;
}

void partition_lanes::count_ahead(lane& of, std::uint64_t bytes) {
    count(of, bytes);
    if (of.ahead++ == 0) {
        ++lanes_ahead_;
    }
    of.bytes_ahead += bytes;
}

bool partition_lanes::admit(topic_id topic, std::int32_t partition, std::uint64_t bytes) {
    lane& to = at(topic, partition);
    if (!to.empty() || gathers(to)) {
        return false;
    }
    if (!hurries_ && joins_batch(to, bytes)) {
        count(to, bytes);
        return true;
    }
    if (goes_ahead(to, bytes)) {
        count_ahead(to, bytes);
        return true;
    }
    return false;
}

bool partition_lanes::hold(topic_id topic, std::int32_t partition, const record& what,
                           std::uint64_t packed, headers_handle headers) {
    lane& to = at(topic, partition);
    const bool begins = to.empty() && gathers(to) && !gathering_since_;
    if (begins) {
        gathering_since_ = now_;
    }
    if (to.empty()) {
        waiting_lanes_.push_back(&to);
    }
    if (to.empty() || to.blocks.back().bytes.size() >= block_bytes) {
        to.blocks.emplace_back();
    }
    ++to.waiting;
    auto& into = to.blocks.back();
    const auto key = what.key.value_or(std::string_view{});
    const auto value = what.value.value_or(std::string_view{});
    into.bytes.append(key);
    into.bytes.append(value);
    into.entries.push_back({key.size(), value.size(), what.timestamp_ms, packed, std::move(headers),
                            what.key.has_value(), what.value.has_value()});
    return begins;
}

void partition_lanes::settled(topic_id topic, std::int32_t partition) {
    lane& of = at(topic, partition);
    if (--of.under_way == of.ahead) {
        answered(of);
    }
}

std::uint64_t partition_lanes::next_bytes(const lane& of) {
    const auto& from = of.blocks.front();
    const entry& next = from.entries[from.next_entry];
    return next.key_size + next.value_size;
}

// The next batch, if there is one, leaves now.
void partition_lanes::answered(lane& of) {
    const auto took = now_ - of.sent;
    const bool known = of.round_trip != instant::duration{};
    of.round_trip += (took - of.round_trip) / (known ? 8 : 1);
    of.sent = now_;
    if (of.ahead > 0) {
        --lanes_ahead_;
    }
    of.ahead = 0;
    of.bytes_ahead = 0;
}

namespace {

std::optional<std::string_view> part_of(const text_buffer& bytes, std::size_t start,
                                        std::size_t size, bool there) {
    return there ? std::optional{bytes.view().substr(start, size)} : std::nullopt;
}

}  // namespace

// Its bytes stay where they are until the block is left.
partition_lanes::waiting partition_lanes::take_next(lane& of) {
    auto& from = of.blocks.front();
    entry& next = from.entries[from.next_entry++];
    waiting one{of.topic, of.partition, {}, &next.headers, next.packed};
    one.what.key = part_of(from.bytes, from.next_byte, next.key_size, next.has_key);
    one.what.value =
        part_of(from.bytes, from.next_byte + next.key_size, next.value_size, next.has_value);
    one.what.timestamp_ms = next.timestamp_ms;
    from.next_byte += next.key_size + next.value_size;
    --of.waiting;
    return one;
}

template <typename Fits>
bool partition_lanes::hand_over(lane& of, const std::function<bool(const waiting&)>& give,
                                Fits&& fits) {
    while (!of.empty()) {
        if (!fits(next_bytes(of))) {
            return true;
        }
        auto& from = of.blocks.front();
        const bool taken = give(take_next(of));
        if (from.next_entry == from.entries.size()) {
            of.blocks.pop_front();
        }
        if (!taken) {
            return false;
        }
    }
    return true;
}

bool partition_lanes::hand_over(lane& of, bool all,
                                const std::function<bool(const waiting&)>& give) {
    const auto to_batch = [&](std::size_t size) {
        const bool fits = all || joins_batch(of, size);
        if (fits) {
            count(of, size);
        }
        return fits;
    };
    const bool leaves = of.under_way == 0 && (!hurries_ || has_gathered(of));
    small_ones_left_ = small_ones_left_ || (leaves && hurries_);
    if ((all || leaves) && !hand_over(of, give, to_batch)) {
        return false;
    }
    bool first = is_worth_going_ahead(of) && now_ >= ahead_at(of);
    return hand_over(of, give, [&](std::size_t size) {
        const bool fits = first || goes_ahead(of, size);
        if (fits) {
            count_ahead(of, size);
            first = false;
        }
        return fits;
    });
}

void partition_lanes::release(bool all, const std::function<bool(const waiting&)>& give) {
    bool any_gathers = false;
    for (lane* one : waiting_lanes_) {
        if (!hand_over(*one, all, give)) {
            break;
        }
        any_gathers = any_gathers || (!one->empty() && gathers(*one));
    }
    std::erase_if(waiting_lanes_, [](const lane* one) { return one->empty(); });
    if (!any_gathers) {
        gathering_since_.reset();
    } else if (!gathering_since_) {
        gathering_since_ = now_;
    }
}

void partition_lanes::drop(const std::function<void(const waiting&)>& dropped) {
    release(true, [&dropped](const waiting& one) {
        dropped(one);
        return true;
    });
}

}  // namespace walferry::publish
