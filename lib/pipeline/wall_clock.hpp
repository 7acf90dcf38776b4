#pragma once

#include "lib/base/time.hpp"

#include <chrono>

namespace walferry::pipeline {

inline unix_time wall_clock() {
    using namespace std::chrono;
    return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

inline moment this_moment() {
    return {std::chrono::steady_clock::now(), wall_clock()};
}

}  // namespace walferry::pipeline
