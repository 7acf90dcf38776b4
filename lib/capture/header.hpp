#pragma once

#include "lib/base/lsn.hpp"
#include "lib/base/time.hpp"

#include <cstdint>
#include <string>

namespace walferry::capture {

// Where a capture was made.
struct header {
    std::uint64_t system = 0;
    std::uint32_t timeline = 0;
    std::string server_version;
    std::string database;
    std::string slot;
    std::string publication;
    lsn from;             // the slot's confirmed_flush_lsn: where the stream began
    lsn flushed;          // the end of the server's WAL then
    bool binary = false;  // source.binary
    bool masked = false;
    unix_time begun;
};

}  // namespace walferry::capture
