#pragma once

// Everything that /status, /metrics, /readyz and the page show, as one plain value. The loop keeps
// the integers in whatever shape suits it and fills a stream_facts at a scrape or once a second.
// Ages are durations (steady clock, computed by who fills), instants are wall-clock times. A fact
// that is not known is nullopt, zero LSN or empty text, and is then shown as unknown, never as 0.

#include "lib/base/error.hpp"
#include "lib/base/lsn.hpp"
#include "lib/base/time.hpp"
#include "lib/observe/histogram.hpp"
#include "lib/observe/table_counts.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::observe {

using seconds = std::chrono::duration<double>;
using kind_counts = std::map<error_kind, std::uint64_t>;

// standby: another process streams from the slot and we wait for it. catching_up: as streaming, but
// parallel backends decode the backlog.
enum class stream_state {
    starting,
    standby,
    snapshot,
    streaming,
    catching_up,
    reconnecting,
    draining,
    stopped
};
inline constexpr std::size_t stream_state_count = 8;
std::string_view name_of(stream_state state);

struct build_facts {
    std::string version;
    std::string commit;
    std::string libpq;
    std::string librdkafka;
};

struct server_facts {
    bool connected = false;  // COPY BOTH is open
    std::string version;     // "15.20"
    std::string system_id;
    std::uint32_t timeline = 0;
    std::string host;  // host:port that answered, without user or password
    std::string database;
};

enum class wal_status { unknown, reserved, extended, unreserved, lost };
inline constexpr std::size_t wal_status_count = 5;
std::string_view name_of(wal_status status);

// pg_replication_slots, asked now and then.
struct slot_facts {
    std::string name;
    std::string publication;
    bool active = false;
    lsn confirmed_flush;
    lsn restart;
    wal_status status = wal_status::unknown;
    std::optional<std::uint64_t> retained_bytes{};
    std::optional<std::int64_t> safe_bytes{};       // left until it is lost; none: not limited
    std::optional<std::uint64_t> spilled_bytes{};   // pg_stat_replication_slots, ever
    std::optional<std::uint64_t> streamed_bytes{};  // pg_stat_replication_slots, ever
    std::optional<seconds> age{};                   // since this was asked
};

// The way of an LSN; each is at or behind the one before it.
struct lsn_facts {
    lsn server;        // the end of WAL as last told
    lsn received;      // end of the last commit that was read
    lsn published;     // end of the last commit whose records all went to the producer
    lsn confirmed;     // end of the last commit confirmed as a whole
    lsn acknowledged;  // the flush LSN last sent to PostgreSQL
};

// Bytes of WAL between neighbours; 0 while one of the two is not known.
struct lag_bytes {
    std::uint64_t receive = 0;
    std::uint64_t publish = 0;
    std::uint64_t confirm = 0;
    std::uint64_t acknowledge = 0;
    std::uint64_t total = 0;  // server to acknowledged
};
lag_bytes lag_of(const lsn_facts& at);

// Age of the oldest commit that did not pass the stage, 0 when there is none.
struct lag_seconds {
    seconds receive{0};  // last commit's way to us: it cannot be known for what did not arrive
    seconds publish{0};
    seconds confirm{0};
    seconds acknowledge{0};  // the one to alarm on
};

struct source_facts {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;  // CopyData payload
    std::uint64_t transactions = 0;
    std::uint64_t aborted_transactions = 0;
    std::uint64_t status_updates = 0;
    std::uint64_t schema_changes = 0;
    std::uint64_t filtered = 0;                // changes dropped by configured filters
    kind_counts reconnects;                    // by what ended the session
    std::uint64_t open_transaction_bytes = 0;  // memory of transactions that have not committed
    std::uint64_t spool_bytes = 0;             // their disk
    std::optional<unix_time> last_event_at{};
    std::string waits_for;  // what a transaction has been waiting for too long before it may leave
    histogram commit_to_receive = latency_histogram();
    histogram transaction_events = size_histogram();
};

struct ledger_facts {
    std::uint64_t transactions = 0;  // out and not confirmed as a whole
    std::uint64_t records_unconfirmed = 0;
    std::optional<seconds> owed{};             // for so long the broker owes a confirmation
    std::optional<seconds> since_confirmed{};  // since the last confirmation; none: never
    histogram commit_to_ack = latency_histogram();
};

struct sink_facts {
    std::string kind;    // "kafka", "stdout"
    std::string target;  // bootstrap servers
    bool connected = false;
    bool confirmed_ever = false;  // the present connection to it
    std::uint64_t records_produced = 0;
    std::uint64_t records_confirmed = 0;
    std::uint64_t bytes_produced = 0;
    std::uint64_t implicit_confirmations = 0;  // confirmed by a successor, without an own offset
    kind_counts restarts;                      // producers replaced, by reason
    std::uint64_t queue_records = 0;
    std::uint64_t queue_bytes = 0;
    std::uint64_t queue_bytes_max = 0;
    std::uint64_t dead_letters = 0;
    std::uint64_t poison_skipped = 0;
    std::uint64_t poison_stopped = 0;
    histogram latency = latency_histogram();  // produce() to the confirmation: one of each batch
};

// Where the loop's time went since the start. wait_source is waiting for bytes, wait_sink is not
// reading because the producer's budget is used up, work is decoding and encoding.
struct time_facts {
    seconds wait_source{0};
    seconds work{0};
    seconds wait_sink{0};
    seconds paused_by_sink{0};
    seconds paused_by_memory{0};
    seconds paused_by_spool{0};
    histogram loop_delay{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
};

enum class snapshot_state { none, running, paused, done, failed };
inline constexpr std::size_t snapshot_state_count = 5;
std::string_view name_of(snapshot_state state);

struct snapshot_table {
    std::string name;
    std::uint64_t rows = 0;
    std::optional<std::uint64_t> rows_estimated{};
    bool done = false;
    bool incremental = false;
    std::string failure{};  // why it ended before its time
};

struct snapshot_facts {
    snapshot_state state = snapshot_state::none;
    std::optional<unix_time> started_at{};
    std::uint64_t rows = 0;
    std::vector<snapshot_table> tables;
    std::string waits_for;  // for people; empty: for nobody
};

struct error_note {
    unix_time at;
    error_kind kind = error_kind::internal;
    std::string message;
    std::string hint;
};

// The last errors, oldest first. Equal neighbours count as one with `times`.
class error_ring {
public:
    static constexpr std::size_t size_max = 20;

    struct entry {
        error_note note;
        std::uint64_t times = 1;
    };

    void add(error_note note);
    const std::vector<entry>& entries() const { return entries_; }

private:
    std::vector<entry> entries_;
};

struct reload_facts {
    bool succeeded = true;
    std::optional<unix_time> at{};
};

struct stream_facts {
    unix_time taken_at;
    unix_time started_at;
    std::string name;  // of the configuration
    std::string delivery = "at_least_once";
    build_facts build;

    stream_state state = stream_state::starting;
    unix_time state_since;
    std::string reason;  // one sentence: why this state

    server_facts server;
    slot_facts slot;
    lsn_facts lsns;
    lag_seconds lag;
    source_facts source;
    std::vector<table_facts> tables;  // table_counts::rows()
    ledger_facts ledger;
    sink_facts sink;
    time_facts times;
    snapshot_facts snapshot;
    std::string waits_for;  // what reading waits for: a topic, the catalog; empty: nothing
    std::optional<seconds> waiting{};
    error_ring errors;
    kind_counts error_totals;  // every error, retried ones too
    reload_facts reload;
    std::uint64_t log_lines_dropped = 0;
};

}  // namespace walferry::observe
