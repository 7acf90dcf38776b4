#include "lib/postgres/server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::postgres {
namespace {

constexpr int first_version_decoding_on_standbys = 160000;

// A setting that this version does not have reads as NULL, then as 0.
constexpr std::string_view facts_query = R"(
SELECT current_setting('server_version_num'), current_setting('server_version'),
       d.datname, d.oid, current_user, r.rolsuper, r.rolreplication, pg_is_in_recovery(),
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
            ELSE pg_current_wal_flush_lsn() END,
       current_setting('server_encoding'), current_setting('wal_level'),
       s.wal_sender_timeout, s.max_slot_wal_keep_size, s.idle_replication_slot_timeout,
       s.max_replication_slots, (SELECT count(*) FROM pg_replication_slots),
       s.max_wal_senders, (SELECT count(*) FROM pg_stat_get_wal_senders()),
       current_setting('synchronous_standby_names', true),
       current_setting('synchronized_standby_slots', true), pg_postmaster_start_time()
  FROM pg_database d
  JOIN pg_roles r ON r.rolname = current_user
 CROSS JOIN (SELECT max(setting) FILTER (WHERE name = 'wal_sender_timeout'),
                    max(setting) FILTER (WHERE name = 'max_slot_wal_keep_size'),
                    max(setting) FILTER (WHERE name = 'idle_replication_slot_timeout'),
                    max(setting) FILTER (WHERE name = 'max_replication_slots'),
                    max(setting) FILTER (WHERE name = 'max_wal_senders')
               FROM pg_settings)
            AS s (wal_sender_timeout, max_slot_wal_keep_size, idle_replication_slot_timeout,
                  max_replication_slots, max_wal_senders)
 WHERE d.datname = current_database())";

server_facts server_from(const query_result& row) {
    server_facts facts;
    facts.version = static_cast<int>(row.number(0, 0));
    facts.version_text = row.string(0, 1);
    facts.database = row.string(0, 2);
    facts.database_oid = row.oid(0, 3);
    facts.user = row.string(0, 4);
    facts.superuser = row.boolean(0, 5);
    facts.replication_role = row.boolean(0, 6);
    facts.in_recovery = row.boolean(0, 7);
    facts.wal_position = row.location(0, 8);
    facts.encoding = row.string(0, 9);
    facts.wal_level = row.string(0, 10);
    facts.wal_sender_timeout_ms = row.number(0, 11);
    facts.slot_wal_keep_mib_max = row.number(0, 12);
    facts.idle_slot_timeout_s = row.number(0, 13);
    facts.slots_max = row.number(0, 14);
    facts.slots_used = row.number(0, 15);
    facts.walsenders_max = row.number(0, 16);
    facts.walsenders_used = row.number(0, 17);
    facts.synchronous_standby_names = row.string(0, 18);
    facts.synchronized_standby_slots = row.string(0, 19);
    facts.started = row.string(0, 20);
    return facts;
}

// Minors before these move confirmed_flush back, lose invalidations of publications or remove WAL
// that a slot needs (pgoutput.md, trap 72).
int recommended_version(int version) {
    switch (version / 10000) {
        case 14:
            return 140019;
        case 15:
            return 150014;
        case 16:
            return 160010;
        case 17:
            return 170006;
        default:
            return 0;
    }
}

std::string printed_version(int version) {
    return std::to_string(version / 10000) + '.' + std::to_string(version % 10000);
}

}  // namespace

task<result<server_facts>> read_server_facts(connection& control) {
    auto row = co_await control.query(std::string{facts_query});
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    if (row->rows() != 1) {
        co_return fail(error_kind::server_error, "PostgreSQL does not describe itself");
    }
    co_return server_from(*row);
}

task<result<void>> identify_system(connection& replication, server_facts& facts) {
    auto row = co_await replication.query("IDENTIFY_SYSTEM");
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    if (row->rows() != 1) {
        co_return fail(error_kind::server_error, "PostgreSQL does not identify itself");
    }
    auto started = co_await replication.query("SELECT pg_postmaster_start_time()");
    if (!started) {
        co_return tl::unexpected<error>(std::move(started.error()));
    }
    if (started->rows() != 1 || started->text(0, 0) != facts.started) {
        co_return fail(error_kind::server_not_ready,
                       "two connections by source.url reached two different servers",
                       "add target_session_attrs=read-write to source.url");
    }
    facts.system_id = row->string(0, 0);
    facts.timeline = row->oid(0, 1);
    facts.wal_position = row->location(0, 2);
    co_return result<void>{};
}

std::optional<error> server_defect(const server_facts& server) {
    if (server.version < oldest_version) {
        return error{error_kind::server_version,
                     "PostgreSQL " + server.version_text + " is older than 14",
                     "upgrade PostgreSQL to 14 or newer",
                     {}};
    }
    if (server.in_recovery && server.version < first_version_decoding_on_standbys) {
        return error{error_kind::server_version,
                     "this PostgreSQL " + server.version_text +
                         " is a standby, and only 16 and newer decode on standbys",
                     "name the primary in source.url, or several hosts with "
                     "target_session_attrs=read-write",
                     {}};
    }
    if (server.wal_level != "logical") {
        return error{error_kind::wal_level_too_low,
                     "wal_level is " + server.wal_level + ", it must be logical",
                     "ALTER SYSTEM SET wal_level = logical; then restart PostgreSQL (managed: the "
                     "parameter rds.logical_replication or cloudsql.logical_decoding)",
                     {}};
    }
    return std::nullopt;
}

std::vector<remark> server_remarks(const server_facts& server) {
    std::vector<remark> remarks;
    if (server.version > newest_version) {
        remarks.push_back({"PostgreSQL " + server.version_text +
                               " is newer than any this walferry was tested with",
                           "look for a newer walferry"});
    }
    if (server.version < recommended_version(server.version)) {
        remarks.push_back(
            {"PostgreSQL " + server.version_text + " has known defects of logical replication",
             "upgrade to " + printed_version(recommended_version(server.version)) + " or newer"});
    }
    return remarks;
}

}  // namespace walferry::postgres
