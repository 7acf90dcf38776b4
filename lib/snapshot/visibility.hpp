#pragma once

#include "decoders/pgoutput/message.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace walferry::snapshot {

// What a snapshot of PostgreSQL sees, as pg_current_snapshot() prints it: `xmin:xmax:xip,xip`.
// Pure.
class visibility {
public:
    static std::optional<visibility> parse(std::string_view text);

    // Whether the changes of a transaction that committed are in the snapshot. One whose commit is
    // in the WAL is not, as long as it waits for its own flush or for a synchronous standby.
    bool sees(pgoutput::transaction_id xid) const;

private:
    std::uint64_t oldest_running_ = 0;
    std::uint64_t next_ = 0;              // of those that had not begun
    std::vector<std::uint64_t> running_;  // sorted
};

}  // namespace walferry::snapshot
