#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What is asked of the server while it streams, on the ordinary connection.
namespace walferry::postgres {

struct slot_health {
    lsn wal_position;  // current end of the server's WAL
    bool exists = false;
    bool active = false;
    lsn restart;
    lsn confirmed_flush;
    std::string wal_status;  // reserved | extended | unreserved | lost
    std::optional<std::int64_t> safe_wal_bytes;
    std::int64_t retained_bytes = 0;     // restart .. wal_position
    std::int64_t unconfirmed_bytes = 0;  // confirmed_flush .. wal_position
    std::int64_t catalog_age = 0;        // transactions since catalog_xmin; alert above 500 million
    // pg_stat_replication_slots, since its last reset
    std::int64_t spilled_transactions = 0;
    std::int64_t spilled_bytes = 0;
    std::int64_t streamed_transactions = 0;
    std::int64_t streamed_bytes = 0;
    std::int64_t decoded_transactions = 0;
    std::int64_t decoded_bytes = 0;
};

task<result<slot_health>> read_slot_health(connection& control, std::string slot);

// PID of the walsender that has the slot; 0: nobody has it, or it does not exist.
task<result<int>> read_slot_holder(connection& control, std::string slot);

struct standby_progress {
    lsn next_record;      // where the server will write its next WAL record
    lsn flushed;          // by every one of the standbys; 0/0 when one has never been seen
    std::string missing;  // names that are neither
};

// How far the named standbys are, for source.wait_for_standbys: application_name or slot name in
// pg_stat_replication; of one that is not connected what its physical slot remembers counts. Other
// roles' rows need pg_monitor: without it the error is privilege_missing with the GRANT.
task<result<standby_progress>> read_standbys(connection& control,
                                             std::vector<std::string> standbys);

}  // namespace walferry::postgres
