#pragma once

#include "lib/observe/log.hpp"

#include <cstdint>
#include <string>

namespace walferry::observe {

// One event as one line, without the line end:
//
//     text     2026-08-21T12:34:56.123Z WARNING source_reconnecting: the connection broke
//     lsn=0/16B3748 journal  <4>source_reconnecting: the connection broke  lsn=0/16B3748 json
//     {"ts":"…","level":"warning","event":"source_reconnecting","msg":"…","lsn":"0/16B3748"}
//
// `held_back` repeats are said as `suppressed`. Whatever the texts hold, the result is one line,
// and for json one JSON object.
std::string format_line(const log_line& line, log_style style, unix_time at,
                        std::uint64_t held_back = 0);

}  // namespace walferry::observe
