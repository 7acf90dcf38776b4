#include "lib/postgres/slot_monitor.hpp"

#include "lib/postgres/sql_text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace walferry::postgres {
namespace {

constexpr std::string_view health_query = R"(
SELECT w.here, s.slot_name IS NOT NULL, coalesce(s.active, false), s.restart_lsn,
       s.confirmed_flush_lsn, s.wal_status, s.safe_wal_size,
       coalesce(pg_wal_lsn_diff(w.here, s.restart_lsn), 0)::int8,
       coalesce(pg_wal_lsn_diff(w.here, s.confirmed_flush_lsn), 0)::int8,
       coalesce(age(s.catalog_xmin), 0),
       coalesce(t.spill_txns, 0), coalesce(t.spill_bytes, 0), coalesce(t.stream_txns, 0),
       coalesce(t.stream_bytes, 0), coalesce(t.total_txns, 0), coalesce(t.total_bytes, 0)
  FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                    ELSE pg_current_wal_lsn() END) AS w (here)
  LEFT JOIN pg_replication_slots s ON s.slot_name = {slot}
  LEFT JOIN pg_stat_replication_slots t ON t.slot_name = s.slot_name)";

// Without pg_monitor the view shows other roles' walsenders with nothing but their PID. What a
// physical slot keeps WAL from is what its standby has flushed.
constexpr std::string_view standbys_query = R"(
SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
            ELSE pg_current_wal_insert_lsn() END,
       min(s.flushed), string_agg(s.name, ', ') FILTER (WHERE s.flushed IS NULL),
       pg_has_role('pg_read_all_stats', 'USAGE')
  FROM (SELECT wanted.name, max(greatest(r.flush_lsn, p.restart_lsn)) AS flushed
          FROM unnest(ARRAY[{names}]::text[]) AS wanted (name)
          LEFT JOIN pg_replication_slots p
                 ON p.slot_name = wanted.name AND p.slot_type = 'physical'
          LEFT JOIN pg_stat_replication r
                 ON r.application_name = wanted.name OR r.pid = p.active_pid
         GROUP BY wanted.name) AS s)";

slot_health health_from(const query_result& row) {
    slot_health health;
    health.wal_position = row.location(0, 0);
    health.exists = row.boolean(0, 1);
    health.active = row.boolean(0, 2);
    health.restart = row.location(0, 3);
    health.confirmed_flush = row.location(0, 4);
    health.wal_status = row.string(0, 5);
    health.safe_wal_bytes = row.maybe_number(0, 6);
    health.retained_bytes = row.number(0, 7);
    health.unconfirmed_bytes = row.number(0, 8);
    health.catalog_age = row.number(0, 9);
    health.spilled_transactions = row.number(0, 10);
    health.spilled_bytes = row.number(0, 11);
    health.streamed_transactions = row.number(0, 12);
    health.streamed_bytes = row.number(0, 13);
    health.decoded_transactions = row.number(0, 14);
    health.decoded_bytes = row.number(0, 15);
    return health;
}

}  // namespace

task<result<slot_health>> read_slot_health(connection& control, std::string slot) {
    std::string sql{health_query};
    constexpr std::string_view place = "{slot}";
    sql.replace(sql.find(place), place.size(), quote_literal(slot));
    auto row = co_await control.query(std::move(sql));
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    co_return health_from(*row);
}

task<result<int>> read_slot_holder(connection& control, std::string slot) {
    std::string sql = "SELECT coalesce(max(active_pid), 0) FROM pg_replication_slots";
    sql += " WHERE slot_name = " + quote_literal(slot);
    auto row = co_await control.query(std::move(sql));
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    co_return static_cast<int>(row->number(0, 0));
}

task<result<standby_progress>> read_standbys(connection& control,
                                             std::vector<std::string> standbys) {
    auto session = control.share();
    const std::string role = session.user();
    std::string names;
    for (const auto& name : standbys) {
        names += (names.empty() ? "" : ", ") + quote_literal(name);
    }
    std::string sql{standbys_query};
    constexpr std::string_view place = "{names}";
    sql.replace(sql.find(place), place.size(), names);
    auto row = co_await session.query(std::move(sql));
    if (!row) {
        co_return tl::unexpected<error>(std::move(row.error()));
    }
    standby_progress progress;
    progress.next_record = row->location(0, 0);
    progress.missing = row->string(0, 2);
    if (progress.missing.empty()) {
        progress.flushed = row->location(0, 1);
    } else if (!row->boolean(0, 3)) {
        co_return fail(error_kind::privilege_missing,
                       "the role may not see how far the standbys of source.wait_for_standbys are",
                       "GRANT pg_monitor TO " + quote_identifier(role));
    }
    co_return progress;
}

}  // namespace walferry::postgres
