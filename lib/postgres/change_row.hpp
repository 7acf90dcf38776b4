#pragma once

#include "lib/base/lsn.hpp"

#include <optional>
#include <string_view>

namespace walferry::postgres {

// One message of the output plugin as COPY (FORMAT binary) brings it, see copy_changes_command().
struct change_row {
    lsn at;                    // as in wal_frame::start
    std::string_view message;  // borrowed; empty: the COPY's end mark
};

// Nothing when the bytes are no CopyData of such a COPY. The first one of a COPY has the format's
// header in front.
std::optional<change_row> parse_change_row(std::string_view copy_data);

}  // namespace walferry::postgres
