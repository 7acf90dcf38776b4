#include "lib/postgres/setup.hpp"
#include "lib/postgres/sql_text.hpp"

namespace walferry::postgres {
namespace {

// A slot that was never meant for us.
std::optional<error> another_slot(const slot_facts& slot, std::string_view database,
                                  const std::string& what, const std::string& drop) {
    std::string why;
    if (slot.type != "logical") {
        why = "is a physical slot";
    } else if (slot.plugin != "pgoutput") {
        why = "uses the plugin " + slot.plugin;
    } else if (slot.database != database) {
        why = "belongs to the database " + slot.database;
    } else {
        return std::nullopt;
    }
    return error{error_kind::slot_unfit,
                 what + why,
                 "set source.slot to another name, or, if nobody needs it: " + drop,
                 {}};
}

}  // namespace

std::optional<error> slot_defect(const slot_facts& slot, std::string_view database) {
    if (!slot.exists) {
        return std::nullopt;
    }
    const std::string what = "slot \"" + slot.name + "\" ";
    const std::string drop = "SELECT pg_drop_replication_slot(" + quote_literal(slot.name) + ")";
    if (auto foreign = another_slot(slot, database, what, drop)) {
        return foreign;
    }
    if (slot.lost()) {
        const std::string reason =
            slot.invalidation_reason.empty() ? "" : " (" + slot.invalidation_reason + ")";
        return error{
            error_kind::slot_lost,
            what + "is lost" + reason + ": PostgreSQL has removed WAL that was not acknowledged",
            drop +
                "; then start again with a new slot and snapshot; raise "
                "max_slot_wal_keep_size so that it does not happen again",
            {}};
    }
    if (slot.synced) {
        return error{error_kind::slot_unfit,
                     what + "is a synchronised copy on a standby",
                     "connect to the primary, or promote this standby first",
                     {}};
    }
    if (slot.active) {
        return error{error_kind::slot_in_use,
                     what + "is active for PID " + std::to_string(slot.active_pid),
                     "stop that process; or SELECT pg_terminate_backend(" +
                         std::to_string(slot.active_pid) + ")",
                     {}};
    }
    return std::nullopt;
}

}  // namespace walferry::postgres
