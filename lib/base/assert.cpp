#include "lib/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace walferry {

void assertion_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "walferry: internal error: %s does not hold (%s:%d)\n", condition, file,
                 line);
    std::abort();
}

}  // namespace walferry
