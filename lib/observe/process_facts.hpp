#pragma once

#include <cstdint>

namespace walferry::observe {

// What the kernel says about this process. Zero where /proc does not tell (ProcSubset=pid leaves
// all of it readable).
struct process_facts {
    double cpu_seconds = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t open_descriptors = 0;
    std::uint64_t descriptors_max = 0;
    std::uint64_t threads = 0;
};

// Reads /proc/self; a fraction of a millisecond, for scrapes only.
process_facts read_process();

}  // namespace walferry::observe
