#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/facts.hpp"

#include <chrono>
#include <string>

namespace walferry::postgres {

// On an ordinary connection; `exists` is false when there is none of this name.
task<result<slot_facts>> read_slot(connection& control, std::string name);

struct slot_request {
    std::string name;
    bool export_snapshot =
        false;               // then the replication connection must stay idle while it is used
    bool temporary = false;  // gone with the replication connection
    bool failover = false;   // synchronised to standbys (17+)
    std::chrono::milliseconds patience{30'000};
};

// CREATE_REPLICATION_SLOT on `replication`. PostgreSQL waits for every transaction that is writing
// now: after `patience` the attempt is cancelled and the error is slot_busy_creating with the
// transactions that it waits for, asked on `control`. Kinds besides: slot_limit, privilege_missing,
// wal_level_too_low, slot_in_use (somebody made it meanwhile), config_invalid (its name).
task<result<slot_facts>> create_slot(connection& control, connection& replication,
                                     slot_request request);

// Makes a permanent slot that streams from where the temporary one does, which is dropped. The
// session is the one that created it; an exported snapshot ends with this.
task<result<void>> keep_slot(connection& control, connection& replication, std::string temporary,
                             std::string permanent);

}  // namespace walferry::postgres
