#pragma once

#include "lib/base/time.hpp"
#include "lib/observe/log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

namespace walferry::observe {

// Decides which lines are repeats. Of lines with the same event, table, topic, error kind and key
// one passes per interval. Pure: the time is an argument. At most `keys_max` are remembered; when
// more are busy at once, the rest share one.
class log_repeats {
public:
    static constexpr std::chrono::seconds interval{10};
    static constexpr std::size_t keys_max = 1000;

    // Nothing: hold the line back. Else how many like it were held back since the last that passed.
    std::optional<std::uint64_t> pass(const log_line& line, instant now);

    // What was held back of an event that did not come again.
    struct remainder {
        log_level level;
        std::string event;
        std::uint64_t count;
    };

    // Forgets what is older than the interval and reports each that held lines back.
    void expire(instant now, const std::function<void(const remainder&)>& report);

private:
    struct entry {
        instant passed_at;
        std::uint64_t held_back = 0;
        log_level level = log_level::info;
        std::string event;
    };

    std::unordered_map<std::string, entry> entries_;
};

}  // namespace walferry::observe
