// Stands in for lib/base/assert.cpp: a broken assertion of the program is a violation, so that the
// history's seed is told.

#include "lib/base/assert.hpp"
#include "tests/simulation/violation.hpp"

#include <string>

namespace walferry {

void assertion_failed(const char* condition, const char* file, int line) {
    throw simulation::violation("assertion " + std::string{condition} + " (" + file + ":" +
                                std::to_string(line) + ")");
}

}  // namespace walferry
