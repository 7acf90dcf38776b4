#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::publish {

// Offsets of a partition: the first record that is there, and behind the last one.
struct partition_range {
    std::int32_t partition = 0;
    std::int64_t first = 0;
    std::int64_t end = 0;
};

// One record; the views live until the call that gets it returns.
struct scanned_record {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::optional<std::string_view> key;
    std::optional<std::string_view> value;
    std::string_view unchanged;  // the header walferry.unchanged; empty: none
};

// Reads topics from their first records on, as any reader would; what transactions did not commit
// is not seen. Blocks; belongs to no consumer group and leaves nothing behind.
class topic_scan {
public:
    // Errors: broker_configuration.
    static result<topic_scan> open(const std::string& name, const config::kafka_settings& kafka);

    topic_scan(topic_scan&&) noexcept;
    ~topic_scan();

    // As they are now; none when there is no such topic. Errors: broker_unreachable, ...
    result<std::vector<partition_range>> ranges(const std::string& topic);

    // Every record of the range in the order of the offsets; ends early when `take` returns false.
    result<void> read(const std::string& topic, const partition_range& range,
                      const std::function<bool(const scanned_record&)>& take);

private:
    struct state;
    explicit topic_scan(std::unique_ptr<state> ready);
    std::unique_ptr<state> state_;
};

}  // namespace walferry::publish
