#pragma once

#include "lib/base/assert.hpp"

#include <functional>
#include <string_view>

namespace walferry::test {

// Aborts unless `part` lies in `whole`, or is empty. Reads its ends, for the address sanitizer.
inline void must_lie_inside(std::string_view part, std::string_view whole) {
    if (part.empty()) {
        return;
    }
    std::less_equal<const char*> not_behind;
    WALFERRY_ASSERT(not_behind(whole.data(), part.data()));
    WALFERRY_ASSERT(not_behind(part.data() + part.size(), whole.data() + whole.size()));
    volatile char ends = part.front();
    ends = part.back();
    static_cast<void>(ends);
}

}  // namespace walferry::test
