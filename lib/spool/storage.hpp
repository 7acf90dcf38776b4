#pragma once

#include "lib/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace walferry::spool {

// Where a spool puts what its memory does not hold: bytes by offset, gone with the process.
// Errors: output_failed, with the place and the system's reason.
class storage {
public:
    virtual ~storage() = default;

    virtual result<void> write(std::uint64_t at, std::string_view bytes) = 0;

    // All of `count`, which was written.
    virtual result<void> read(std::uint64_t at, char* to, std::size_t count) = 0;

    // Nobody will read this any more: its space may go back to the system.
    virtual void discard(std::uint64_t at, std::uint64_t count) = 0;
};

}  // namespace walferry::spool
