#pragma once

#include "lib/base/lsn.hpp"
#include "lib/base/text_buffer.hpp"
#include "lib/base/time.hpp"
#include "lib/encode/encoder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace walferry::encode {

// Changes that will never be published, because somebody said so (--accept-gap).
struct gap {
    std::string reason;       // name of the error kind that would have stopped the stream
    std::string message;      // the error's
    std::optional<lsn> from;  // what commits after it is missing; nothing: of another cluster
    lsn to;                   // up to here
    std::vector<std::string> tables;  // schema.table; empty: all
    std::string slot;
    std::uint64_t system = 0;
    std::uint32_t timeline = 0;
};

// Makes the records of the topic `<name>.gap`: one JSON object a gap, keyed by the slot. The same
// in every format. Pure.
class gap_encoder {
public:
    // Views live until the next call.
    encoded_record encode(const gap& what, unix_time now);

private:
    text_buffer key_;
    text_buffer value_;
};

}  // namespace walferry::encode
