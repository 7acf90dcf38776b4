#pragma once

#include "lib/base/lsn.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a server said about itself before streaming: plain values for pure decisions (resume,
// check).
namespace walferry::postgres {

struct server_facts {
    int version = 0;             // server_version_num: 150020
    std::string version_text;    // 15.20 (Debian 15.20-0+deb12u1)
    std::string system_id;       // decimal, as IDENTIFY_SYSTEM prints it; empty: not asked
    std::uint32_t timeline = 0;  // 0: not asked
    lsn wal_position;            // flushed, on a standby replayed
    std::string started;         // when the postmaster started: which server this is
    std::string database;
    std::uint32_t database_oid = 0;
    std::string user;
    bool superuser = false;
    bool replication_role = false;  // rolreplication; false on RDS although it may replicate
    bool in_recovery = false;       // a standby
    std::string encoding;           // server_encoding
    std::string wal_level;
    std::int64_t wal_sender_timeout_ms = 60'000;  // 0: none
    std::int64_t slot_wal_keep_mib_max = -1;      // max_slot_wal_keep_size; -1: no limit
    std::int64_t idle_slot_timeout_s = 0;         // idle_replication_slot_timeout; 0: none
    std::int64_t slots_max = 0;                   // max_replication_slots
    std::int64_t slots_used = 0;
    std::int64_t walsenders_max = 0;  // max_wal_senders
    std::int64_t walsenders_used = 0;
    std::string synchronous_standby_names;
    std::string synchronized_standby_slots;  // 17+
};

struct slot_facts {
    std::string name;
    bool exists = false;
    bool created_now = false;  // by this prepare()
    std::string snapshot;      // exported by this prepare(); empty: none
    std::string plugin;        // empty: a physical slot
    std::string type;          // logical | physical
    std::string database;
    bool temporary = false;
    bool active = false;
    int active_pid = 0;                          // 0: nobody
    lsn restart;                                 // 0: none (lost)
    lsn confirmed_flush;                         // 0: none
    std::string wal_status;                      // reserved | extended | unreserved | lost
    std::optional<std::int64_t> safe_wal_bytes;  // none: no limit is set
    std::int64_t retained_bytes = 0;             // from restart to the current end of WAL
    bool two_phase = false;
    bool conflicting = false;         // 16+
    std::string invalidation_reason;  // 17+; empty: valid
    bool failover = false;            // 17+
    bool synced = false;              // 17+: a copy on a standby

    bool lost() const {
        return wal_status == "lost" || conflicting || !invalidation_reason.empty();
    }
};

struct published_table {
    std::uint32_t id = 0;
    std::string schema;
    std::string name;
    bool partitioned = false;
    bool unlogged = false;     // never in the WAL: PostgreSQL publishes nothing of it
    bool has_identity = true;  // false: its own UPDATE and DELETE fail while published
    char identity = 'd';       // pg_class.relreplident: d n f i
};

// schema.table, unquoted: for eyes and for patterns.
inline std::string dotted(const published_table& table) {
    return table.schema + '.' + table.name;
}

// Publications have row filters, column lists and schemas since this one.
inline constexpr int first_version_with_filters = 150000;

struct publication_facts {
    std::string name;
    bool exists = false;
    bool created_now = false;
    std::string owner;
    bool all_tables = false;
    bool inserts = true;
    bool updates = true;
    bool deletes = true;
    bool truncates = true;
    bool via_partition_root = false;
    std::vector<published_table> tables;  // by schema and name
};

// Something worth a log line at start that does not stop it.
struct remark {
    std::string text;
    std::string cure;       // exact SQL or setting; may be empty
    bool harmless = false;  // the cure is SQL that only adds and breaks no writer
};

}  // namespace walferry::postgres
