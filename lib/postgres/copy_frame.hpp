#pragma once

#include "lib/base/lsn.hpp"
#include "lib/base/time.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

// What the CopyData messages of a replication connection hold, in network byte order
// (PostgreSQL manual, "Streaming Replication Protocol"; pgoutput.md 2.1):
//   'w' start(8) wal_end(8) send_time(8) payload...                 a piece of the stream
//   'k' wal_end(8) send_time(8) reply_requested(1)                  a keepalive
//   'r' write(8) flush(8) apply(8) time(8) reply_requested(1)       our status
// Times are microseconds since 2000-01-01 UTC.
namespace walferry::postgres {

// One message of the output plugin. Neither LSN is monotonic, and both are 0 on some messages:
// progress is read from commits and keepalives only.
struct wal_frame {
    lsn start;
    lsn wal_end;
    unix_time sent;
    std::string_view payload;  // borrowed from the frame
};

// Everything that commits at or before `wal_end` was sent earlier in the same stream.
struct keepalive_frame {
    lsn wal_end;
    unix_time sent;
    bool reply_requested = false;
};

// Not one of the above: the connection cannot be trusted any more.
struct unknown_frame {};

using copy_frame = std::variant<wal_frame, keepalive_frame, unknown_frame>;

copy_frame parse_copy_frame(std::string_view bytes);

struct standby_status {
    lsn write;  // received; for pg_stat_replication
    lsn flush;  // the acknowledged LSN: the only one that moves the slot
    lsn apply;  // as flush
    unix_time at;
    bool reply_requested = false;  // asks the server for a keepalive
};

inline constexpr std::size_t standby_status_bytes = 34;

std::array<char, standby_status_bytes> encode_standby_status(const standby_status& status);

}  // namespace walferry::postgres
