#pragma once

#include "lib/base/error.hpp"
#include "lib/base/timeline.hpp"
#include "lib/change/catalog.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/facts.hpp"
#include "lib/postgres/publication_choice.hpp"
#include "lib/postgres/publication_memory.hpp"
#include "lib/postgres/replication_stream.hpp"
#include "lib/postgres/task.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

// All that happens between a configuration and the first byte of a stream.
namespace walferry::postgres {

// Whether source.tables selects a table; the pattern language belongs to lib/route.
using table_filter = std::function<bool(std::string_view schema, std::string_view table)>;

enum class creation { forbidden, allowed };
enum class snapshot_export { none, exported };

// The two that a stream needs: an ordinary one and one that knows replication commands.
struct session_pair {
    connection control;
    connection replication;
};

// Both at once. Kinds: those of connection::open.
task<result<session_pair>> open_sessions(boost::asio::io_context& io,
                                         config::source_settings source);

struct prepare_request {
    config::source_settings source;         // with the defaults of slot and publication filled in
    table_filter selects;                   // empty: every table
    creation create = creation::forbidden;  // of a missing publication and of a missing slot
    snapshot_export snapshot = snapshot_export::none;  // when the slot is created
    bool temporary_slot = false;  // make source.slot, whatever `create` says; gone with the stream
    // What read_definition() said when it was streamed from last; empty: not known. A publication
    // that lost something since is publication_changed.
    std::string definition{};
    lsn definition_at;  // up to here it was certainly so
    bool accept_change = false;
    std::vector<std::string> skips{};  // events.skip
    // Instead of a missing slot make this one, which is gone with the stream; empty: do not.
    std::string snapshot_slot;
    bool replaces_lost = false;  // a slot of ours that is lost is dropped and made anew
    // Why this is not the server that is meant; asked before anything is looked for or made on it.
    std::function<std::optional<error>(const server_facts&)> refuses;
    // Why its tables cannot be published as configured; asked before a slot is made.
    std::function<std::optional<error>(const publication_facts&, const change::catalog&)>
        refuses_tables{};
};

// Ready to stream. `replication` stays idle until start(): an exported snapshot lives until then.
class prepared_stream {
public:
    server_facts server;
    slot_facts slot;  // slot.exists is false when it is missing and was not created
    publication_facts publication;
    std::string definition;  // read_definition(), as of `definition_at`
    lsn definition_at;
    std::optional<error> accepted_change;      // of the publication: accept_change
    std::vector<std::string> accepted_tables;  // that it is about; empty: all
    change::catalog catalog;                   // of the published tables, as it is now
    std::vector<remark> remarks;               // for the log
    connection control;  // ordinary and idle: for queries and the slot monitor

    // Where the server's history left its earlier timelines (TIMELINE_HISTORY). Before start().
    task<result<std::vector<timeline_end>>> earlier_timelines();

    // Turns the temporary slot of this connection into the permanent one of the settings.
    task<result<void>> keep_slot();

    // START_REPLICATION from `from`; 0/0: from the slot's confirmed_flush_lsn. Once only.
    // Kinds: slot_in_use, slot_lost, slot_missing, slot_unfit, ..., connection_lost.
    // `streams`: as source.streaming says; else whole transactions, when they have committed.
    task<result<std::unique_ptr<replication_stream>>> start(lsn from, bool binary, bool streams);
    task<result<std::unique_ptr<replication_stream>>> start(lsn from);

    prepared_stream(connection control_session, connection replication_session,
                    config::source_settings settings);

    // Idle; a query on it ends the exported snapshot. For prepare() only.
    connection& replication_session() { return replication_; }

private:
    connection replication_;
    config::source_settings source_;
};

// Reads what the server is, finds or creates the publication and then the slot, loads the catalog.
//
// A missing slot is an error only of the caller's decision (slot.exists); all other facts of a slot
// (plugin, database, lost, active) are reported, not judged: see slot_defect(). A missing
// publication is publication_missing unless it may be created. Creating: tables whose UPDATE and
// DELETE would fail once published (no replica identity) are never published by us and never left
// out in silence: the error is table_unfit and names them and the cure. Kinds besides:
// server_version, wal_level_too_low, publication_unfit (a table that
// source.tables names without a wildcard is not published), slot_busy_creating (the blockers are
// named), slot_limit, privilege_missing.
task<result<prepared_stream>> prepare(session_pair sessions, prepare_request request);

publication_wish wish_of(const prepare_request& request, const server_facts& server);

// What of the publication changed since `request.definition`, as an error publication_changed;
// nothing when nothing is lost. `tables` gets the names that it is about. Pure.
std::optional<error> definition_defect(const prepare_request& request, const publication_change& is,
                                       lsn now);

// Why a slot cannot be streamed from by this database, if so: slot_unfit, slot_lost, slot_in_use.
// Nothing of it is said about a slot that does not exist. Pure.
std::optional<error> slot_defect(const slot_facts& slot, std::string_view database);

}  // namespace walferry::postgres
