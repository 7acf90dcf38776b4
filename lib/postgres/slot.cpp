#include "lib/postgres/slot.hpp"

#include "lib/postgres/commands.hpp"
#include "lib/postgres/connection_state.hpp"
#include "lib/postgres/sql_text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::postgres {
namespace {

// Columns came with 16 and 17; to_jsonb reads what there is without a query a version. A promoted
// standby leaves `synced` as it was.
constexpr std::string_view slot_query = R"(
SELECT s.plugin, s.slot_type, s.database, s.temporary, s.active, s.active_pid, s.restart_lsn,
       s.confirmed_flush_lsn, s.wal_status, s.safe_wal_size, s.two_phase,
       coalesce(j ->> 'conflicting', 'false') = 'true', j ->> 'invalidation_reason',
       coalesce(j ->> 'failover', 'false') = 'true', 
       coalesce(j ->> 'synced', 'false') = 'true' AND pg_is_in_recovery(),
       coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                                     ELSE pg_current_wal_lsn() END, s.restart_lsn), 0)::int8
  FROM pg_replication_slots s CROSS JOIN LATERAL to_jsonb(s) j
 WHERE s.slot_name = )";

constexpr std::string_view blockers_query = R"(
SELECT string_agg('PID ' || pid || ' of ' || coalesce(usename, '?') || ' in ' ||
                  coalesce(datname, '?') || coalesce(' since ' || xact_start::timestamp(0), ''),
                  ', ' ORDER BY xact_start)
  FROM (SELECT * FROM pg_stat_activity
         WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
         ORDER BY xact_start LIMIT 5) AS writer)";

slot_facts slot_from(const query_result& row) {
    slot_facts slot;
    slot.exists = true;
    slot.plugin = row.string(0, 0);
    slot.type = row.string(0, 1);
    slot.database = row.string(0, 2);
    slot.temporary = row.boolean(0, 3);
    slot.active = row.boolean(0, 4);
    slot.active_pid = static_cast<int>(row.number(0, 5));
    slot.restart = row.location(0, 6);
    slot.confirmed_flush = row.location(0, 7);
    slot.wal_status = row.string(0, 8);
    slot.safe_wal_bytes = row.maybe_number(0, 9);
    slot.two_phase = row.boolean(0, 10);
    slot.conflicting = row.boolean(0, 11);
    slot.invalidation_reason = row.string(0, 12);
    slot.failover = row.boolean(0, 13);
    slot.synced = row.boolean(0, 14);
    slot.retained_bytes = row.number(0, 15);
    return slot;
}

task<error> waited_in_vain(connection& control, std::string name) {
    auto blockers = co_await control.query(std::string{blockers_query});
    error out{error_kind::slot_busy_creating,
              "slot \"" + name + "\" cannot be created while older transactions are open",
              "end the transactions that have been open for long: SELECT pid, xact_start, state, "
              "query FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY xact_start",
              {}};
    if (blockers && blockers->rows() == 1 && !blockers->is_null(0, 0)) {
        out.message += ": " + blockers->string(0, 0);
    }
    co_return out;
}

}  // namespace

task<result<slot_facts>> read_slot(connection& control, std::string name) {
    auto row = co_await control.query(std::string{slot_query} + quote_literal(name));
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    slot_facts slot;
    if (row->rows() == 1) {
        slot = slot_from(*row);
    }
    slot.name = std::move(name);
    co_return slot;
}

task<result<slot_facts>> create_slot(connection& control, connection& replication,
                                     slot_request request) {
    const time_point deadline = std::chrono::steady_clock::now() + request.patience;
    subject about;
    about.slot = request.name;
    about.role = replication.user();
    about.database = replication.database();
    const auto wanted = request.export_snapshot ? slot_snapshot::exported : slot_snapshot::nothing;
    const auto life = request.temporary  ? slot_life::temporary
                      : request.failover ? slot_life::failover
                                         : slot_life::permanent;
    auto made =
        co_await replication.session()->execute(create_slot_command(request.name, wanted, life),
                                                deadline, phase::create_slot, std::move(about));
    if (!made) {
        // give_up() cancelled it: our own deadline, not the server's.
        if (made.error().kind == error_kind::connection_lost && !replication.usable() &&
            made.error().sqlstate == "57014") {
            auto why = co_await waited_in_vain(control, request.name);
            co_return tl::unexpected<error>(std::move(why));
        }
        co_return tl::unexpected<error>(std::move(made.error()));
    }
    const query_result created{made->release()};
    const std::string snapshot = created.rows() == 1 ? created.string(0, 2) : "";
    auto slot = co_await read_slot(control, request.name);
    if (slot) {
        slot->created_now = true;
        slot->snapshot = snapshot;
    }
    co_return slot;
}

task<result<void>> keep_slot(connection& control, connection& replication, std::string temporary,
                             std::string permanent) {
    std::string copy = "SELECT pg_copy_logical_replication_slot(" + quote_literal(temporary) +
                       ", " + quote_literal(permanent) + ", false)";
    auto copied = co_await control.query(std::move(copy));
    if (!copied) {
        co_return tl::unexpected<error>(std::move(copied.error()));
    }
    std::string drop = "DROP_REPLICATION_SLOT " + quote_identifier(temporary);
    auto dropped = co_await replication.query(std::move(drop));
    if (!dropped) {
        co_return tl::unexpected<error>(std::move(dropped.error()));
    }
    co_return result<void>{};
}

}  // namespace walferry::postgres
