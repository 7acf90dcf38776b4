#pragma once

#include "lib/publish/sink_driver.hpp"

#include <memory>

namespace walferry::publish {

// Sinks that write each record's value and a newline to a file descriptor, for pipes into jq and
// files. A record without a value (a tombstone) prints nothing and counts as written; keys, headers
// and topics are not printed: an event names its table itself. Written is what write(2) took.
//
// Topics are always there, with as many partitions as asked for. The reader's going away ends the
// sink with `reader_left`; the program must ignore SIGPIPE. The descriptor's flags are not touched.
std::unique_ptr<sink_factory> make_stdout_factory(int fd = 1, std::uint64_t bytes_max = 16u << 20);

}  // namespace walferry::publish
