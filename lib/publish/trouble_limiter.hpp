#pragma once

#include "lib/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace walferry::publish {

// Lets one trouble of each sort through in ten seconds, and says how many it held back meanwhile.
class trouble_limiter {
public:
    // Nothing: hold it back. Otherwise how many of this sort were held back before.
    std::optional<std::uint64_t> admit(const std::string& sort, instant now) {
        auto& seen = seen_[sort];
        if (seen.until > now) {
            ++seen.held_back;
            return std::nullopt;
        }
        seen.until = now + std::chrono::seconds(10);
        const auto before = seen.held_back;
        seen.held_back = 0;
        return before;
    }

private:
    struct sighting {
        instant until;
        std::uint64_t held_back = 0;
    };

    // Sorts are librdkafka's error names and log facilities: some tens.
    std::map<std::string, sighting> seen_;
};

}  // namespace walferry::publish
