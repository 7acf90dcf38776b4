#include "lib/postgres/sqlstate.hpp"

#include <initializer_list>

namespace walferry::postgres {
namespace {

using kind = error_kind;

struct rule {
    unsigned phases;         // bits of 1 << phase
    std::string_view state;  // a whole SQLSTATE or the beginning of one
    kind what;
    std::string_view hint;  // {slot} {publication} {database} {role} are filled in
};

constexpr unsigned in(phase when) {
    return 1u << static_cast<unsigned>(when);
}

constexpr unsigned connecting = in(phase::connect) | in(phase::connect_replication);
constexpr unsigned slot_commands = in(phase::create_slot) | in(phase::start);
constexpr unsigned on_slot = in(phase::start) | in(phase::streaming);
constexpr unsigned always = connecting | slot_commands | on_slot | in(phase::query);

constexpr std::string_view grant_replication =
    "ALTER ROLE \"{role}\" REPLICATION; -- on RDS: GRANT rds_replication TO \"{role}\"";
constexpr std::string_view new_slot =
    "SELECT pg_drop_replication_slot('{slot}'); then start again with a new slot and snapshot: "
    "changes since the last acknowledged LSN are not in the WAL any more";

// The first rule that fits wins.
constexpr rule rules[] = {
    {connecting, "28P01", kind::authentication_failed,
     "set the right password in source.url, PGPASSWORD or the file ~/.pgpass"},
    {connecting, "28", kind::authentication_failed,
     "create the role, or admit it in pg_hba.conf: hostssl \"{database}\" \"{role}\" <address>/32 "
     "scram-sha-256; then SELECT pg_reload_conf(); a line that asks for TLS or a certificate wants "
     "sslmode, sslcert and sslkey in source.url"},
    {connecting, "3D000", kind::database_missing,
     "name an existing database in source.url, or CREATE DATABASE \"{database}\""},
    {in(phase::connect_replication), "42501", kind::privilege_missing, grant_replication},
    {in(phase::connect), "42501", kind::privilege_missing,
     "GRANT CONNECT ON DATABASE \"{database}\" TO \"{role}\""},
    {in(phase::connect_replication), "53300", kind::too_many_connections,
     "ALTER SYSTEM SET max_wal_senders = <more>; then restart PostgreSQL"},
    {always, "53300", kind::too_many_connections,
     "ALTER SYSTEM SET max_connections = <more>; then restart PostgreSQL"},

    {in(phase::create_slot), "53400", kind::slot_limit,
     "ALTER SYSTEM SET max_replication_slots = <more>; then restart PostgreSQL; or drop a slot "
     "that nobody needs: SELECT slot_name, active FROM pg_replication_slots"},
    {in(phase::create_slot), "55000", kind::wal_level_too_low,
     "ALTER SYSTEM SET wal_level = logical; then restart PostgreSQL"},
    {in(phase::create_slot), "57014", kind::slot_busy_creating, ""},
    {in(phase::create_slot), "42602", kind::config_invalid,
     "use only a-z, 0-9 and _ in source.slot, at most 63 of them"},
    {slot_commands, "42710", kind::slot_in_use, ""},
    {slot_commands, "42501", kind::privilege_missing, grant_replication},
    {slot_commands, "55006", kind::slot_in_use,
     "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = "
     "'{slot}'; -- only if that process is not meant to stream"},

    {in(phase::start), "42704", kind::slot_lost, new_slot},
    {on_slot, "55000", kind::slot_lost, new_slot},
    {on_slot, "58P01", kind::slot_lost, new_slot},
    {in(phase::streaming), "42704", kind::publication_lost,
     "the publication \"{publication}\" must be older than the slot: create it, "
     "SELECT pg_drop_replication_slot('{slot}'), and start again with a new snapshot"},
    {in(phase::streaming), "0A000", kind::publication_unfit,
     "give every table one column list and one setting of generated columns in all publications "
     "of \"{publication}\""},
    {in(phase::streaming), "54000", kind::row_too_large,
     "leave the column out: ALTER PUBLICATION \"{publication}\" SET TABLE ... (columns)"},
    {in(phase::streaming), "22", kind::server_error,
     "the row holds text that is not valid in the database's encoding: correct it there"},
    {in(phase::streaming), "08P01", kind::protocol_violation, ""},

    {in(phase::query), "42501", kind::privilege_missing, ""},
    {in(phase::query), "25006", kind::server_not_ready,
     "this is a read-only standby: connect to the primary, e.g. target_session_attrs=read-write"},
    {always, "57", kind::server_not_ready, ""},  // cancelled, shutting down, crashed, starting
    {always, "53", kind::server_not_ready, ""},  // out of memory, disk, connections
    {always, "40", kind::server_not_ready, ""},  // deadlock, serialization
    {always, "55P03", kind::server_not_ready, ""},
    {connecting, "08", kind::server_unreachable, ""},
    {always, "08", kind::connection_lost, ""},
};

const rule* find_rule(phase when, std::string_view sqlstate) {
    for (const rule& candidate : rules) {
        if ((candidate.phases & in(when)) != 0 && sqlstate.starts_with(candidate.state)) {
            return &candidate;
        }
    }
    return nullptr;
}

void insert_name(std::string& text, std::string_view placeholder, const std::string& value) {
    const std::string shown = value.empty() ? '<' + std::string{placeholder} + '>' : value;
    const std::string wanted = '{' + std::string{placeholder} + '}';
    for (std::size_t at = text.find(wanted); at != std::string::npos;
         at = text.find(wanted, at + shown.size())) {
        text.replace(at, wanted.size(), shown);
    }
}

std::string hint_for(const rule& found, const subject& about) {
    std::string text{found.hint};
    insert_name(text, "slot", about.slot);
    insert_name(text, "publication", about.publication);
    insert_name(text, "database", about.database);
    insert_name(text, "role", about.role);
    return text;
}

}  // namespace

error_kind kind_of(phase when, std::string_view sqlstate) {
    if (sqlstate.empty()) {
        return (in(when)&connecting) != 0 ? kind::server_unreachable : kind::connection_lost;
    }
    const rule* found = find_rule(when, sqlstate);
    return found == nullptr ? kind::server_error : found->what;
}

error explain(phase when, const server_report& report, const subject& about) {
    error out;
    out.kind = kind_of(when, report.sqlstate);
    out.sqlstate = report.sqlstate;
    out.message = report.message.empty() ? "the connection broke" : report.message;
    if (!report.detail.empty() && when != phase::streaming) {
        out.message += " (" + report.detail + ")";
    }
    const rule* found = report.sqlstate.empty() ? nullptr : find_rule(when, report.sqlstate);
    if (found != nullptr) {
        out.hint = hint_for(*found, about);
    }
    if (out.hint.empty() && out.kind == error_kind::server_unreachable) {
        out.hint = "check that PostgreSQL runs, and host, port and TLS settings of source.url";
    }
    return out;
}

}  // namespace walferry::postgres
