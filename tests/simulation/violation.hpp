#pragma once

#include <stdexcept>

namespace walferry::simulation {

// An invariant of design.md section 3 does not hold in this history.
class violation : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

inline void require(bool holds, const char* what) {
    if (!holds) {
        throw violation(what);
    }
}

}  // namespace walferry::simulation
