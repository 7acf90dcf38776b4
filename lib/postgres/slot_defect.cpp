#include "lib/postgres/setup.hpp"
#include "lib/postgres/sql_text.hpp"

namespace walferry::postgres {

std::optional<error> slot_defect(const slot_facts& slot, std::string_view database) {
    if (!slot.exists) {
        return std::nullopt;
    }
    const std::string what = "slot \"" + slot.name + "\" ";
    const std::string drop = "SELECT pg_drop_replication_slot(" + quote_literal(slot.name) + ")";
    const std::string other = "set source.slot to another name, or, if nobody needs it: " + drop;
    if (slot.type != "logical") {
        return error{error_kind::slot_unfit, what + "is a physical slot", other, {}};
    }
    if (slot.plugin != "pgoutput") {
        return error{error_kind::slot_unfit, what + "uses the plugin " + slot.plugin, other, {}};
    }
    if (slot.database != database) {
        return error{
            error_kind::slot_unfit, what + "belongs to the database " + slot.database, other, {}};
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
