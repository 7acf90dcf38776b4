#pragma once

#include "lib/base/lsn.hpp"

#include <cstdint>

namespace walferry {

// Where a server's history left one of its earlier timelines.
struct timeline_end {
    std::uint32_t timeline = 0;
    lsn at;
};

}  // namespace walferry
