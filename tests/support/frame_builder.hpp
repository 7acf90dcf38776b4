#pragma once

#include "lib/base/lsn.hpp"

#include <string>
#include <string_view>

// Builds what the CopyData messages of a replication connection hold.
namespace walferry::test {

// A piece of the stream. `start` is what the server says of its payload: 0/0 on some messages.
std::string wal_frame(lsn start, std::string_view payload);

std::string keepalive(lsn wal_end, bool reply_requested = false);

}  // namespace walferry::test
