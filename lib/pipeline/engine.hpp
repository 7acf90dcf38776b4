#pragma once

#include "decoders/pgoutput/decoder.hpp"
#include "lib/base/time.hpp"
#include "lib/change/assembler.hpp"
#include "lib/config/settings.hpp"
#include "lib/encode/gap_event.hpp"
#include "lib/ledger/ledger.hpp"
#include "lib/ledger/resume.hpp"
#include "lib/pipeline/acknowledger.hpp"
#include "lib/pipeline/action.hpp"
#include "lib/pipeline/backoff.hpp"
#include "lib/pipeline/counters.hpp"
#include "lib/pipeline/passage.hpp"
#include "lib/pipeline/poison.hpp"
#include "lib/pipeline/side_topics.hpp"
#include "lib/pipeline/table_plans.hpp"
#include "lib/publish/sink.hpp"
#include "lib/snapshot/course.hpp"
#include "lib/snapshot/incremental.hpp"
#include "lib/snapshot/row_text.hpp"
#include "lib/spool/transaction_spool.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::pipeline {

enum class phase {
    starting,  // never streamed yet
    snapshot,  // reads the rows that were there before
    streaming,
    reconnecting,
    draining,  // told to stop: the broker confirms what is out
    finished,
};

// What the engine would take now.
enum class wanted {
    nothing,
    input,    // the next frame: received() or message_received()
    spooled,  // no frame: take_spooled()
};

// Everything between a frame and an acknowledgement, as one deterministic value: the same calls
// give the same records and the same actions. It owns no socket, clock or thread. Records leave
// through the sink while they are encoded; all else is an action. Calls come from one thread and
// never nest.
//
// Life: start(), then whatever happens, until an action `finish`.
class engine : private encode::record_consumer {
public:
    // `settings` outlives the engine. `remembered`: what an earlier run stored. With `keeps_state`
    // positions go through write_state before they are acknowledged. `spool_storage`: for streamed
    // transactions that memory does not hold.
    engine(const config::settings& settings, table_plans plans, side_topics side,
           std::optional<remembered_position> remembered, bool keeps_state,
           std::unique_ptr<spool::storage> spool_storage = nullptr);

    void start(const moment& now);

    // What the state topic holds, read before start(), or later than what this process knows:
    // another process streamed meanwhile. While not streaming and with nothing out in the sink
    // only.
    void remember(remembered_position stored);

    // The connection to PostgreSQL.
    void prepared(const server_identity& server, const slot_position& slot, change::catalog today,
                  const moment& now);
    void streaming(const moment& now);
    void connection_failed(error why, const moment& now);
    void received(std::string_view copy_data, const moment& now);
    void described(change::catalog found, const moment& now);

    // Publishes the next message of a streamed transaction that has committed. While wants() says
    // so: no frame is taken before its end.
    void take_spooled(const moment& now);

    // In place of received(), from backends that decode ranges of WAL while the stream is not read.
    // One message of the plugin, with the LSN that its frame would have; everything that commits
    // by a record which begins before `end` was received; nothing comes, but they live.
    void message_received(lsn at, std::string_view message, const moment& now);
    void range_received(lsn end, const moment& now);
    void source_lives(const moment& now);

    // The connection is given up on purpose: the next one goes on behind what was received.
    void connect_again(const moment& now);

    // Before prepared(): changes that the publication left out were given up on purpose.
    void accept_gap(encode::gap what) { gaps_.push_back(std::move(what)); }

    // Every standby of source.wait_for_standbys has the WAL before `at`, where a record begins.
    void standbys_have(lsn at, const moment& now);

    // The sink. It outlives its use here: until sink_failed() or the next sink_ready().
    void sink_ready(publish::sink& sink, const moment& now);
    void topics_opened(const std::vector<publish::opened_topic>& opened, const moment& now);
    void confirmed(std::span<const publish::delivery> reports, const moment& now);
    void sink_failed(error why, const moment& now);
    // The broker takes this record never; the sink has failed with it.
    void record_refused(const publish::refused_record& refused, error why, const moment& now);
    void state_written(lsn acknowledged, const moment& now);

    // The initial snapshot, between read_snapshot and the start of streaming. Tables are numbered
    // as in snapshot_begins(). Announcements and rows are taken while wants_rows() only.
    void remember_snapshot(snapshot::memory stored);
    void snapshot_begins(std::vector<snapshot::course_table> tables);
    void snapshot_announces(std::uint32_t table, const pgoutput::relation& as,
                            std::uint32_t newest_transaction, const moment& now);
    void snapshot_rows(std::uint32_t table, std::span<const std::string_view> lines,
                       const moment& now);
    void snapshot_table_ends(std::uint32_t table, const moment& now);
    void snapshot_ends(const moment& now);
    void snapshot_stored(const moment& now);
    bool wants_rows() const;
    const snapshot::course& snapshot() const { return course_; }

    // Incremental snapshots, while streaming. `token`: tells our marks from those of others. Chunks
    // are announced and read as read_chunk asked; one whose high mark came is published by
    // emit_rows(), some rows a call, whenever can_emit().
    void mark_with(std::string token) { incremental_.mark_with(std::move(token)); }
    void remember_incremental(snapshot::incremental_memory stored);
    bool chunk_opened(const snapshot::opened_table& table, const moment& now);
    void chunk_expanded(std::uint64_t number, const std::vector<std::string>& tables,
                        const moment& now);
    void chunk_read(snapshot::chunk rows, const moment& now);
    void chunk_failed(std::uint64_t number, error why, const moment& now);
    bool can_emit() const;
    void emit_rows(const moment& now);
    void incremental_stored(const moment& now);
    void snapshot_new_table(const std::string& table, const moment& now);
    const snapshot::incremental& incremental() const { return incremental_; }

    // Its slot is there for this snapshot only until the snapshot is complete.
    bool reads_without_memory() const;

    void tick(const moment& now);
    void stop(const moment& now);

    // What the loop found out and no call above is for: the end.
    void fail(error why) { give_up(std::move(why)); }

    // Nobody reads the output any more: an orderly end without waiting for anything.
    void stop_at_once();

    // While it is not input the caller leaves the frames where they are, so that back-pressure
    // reaches the walsender.
    wanted wants() const;
    bool wants_input() const { return wants() == wanted::input; }

    // When tick() must be called at the latest.
    instant next_deadline() const;

    // What to do since the last call, in order. Cleared by the call.
    std::vector<action> take_actions();

    // Of the server that was streamed from before.
    std::optional<std::uint32_t> timeline() const {
        return remembered_ ? std::optional{remembered_->timeline} : std::nullopt;
    }

    lsn published() const { return published_; }
    std::uint64_t generation() const { return remembered_ ? remembered_->generation : 0; }

    // Whether a server on this timeline must tell its ancestors before prepared().
    bool needs_ancestors(std::uint32_t timeline) const {
        return remembered_ && walferry::needs_ancestors(*remembered_, timeline);
    }

    // Whether another process stored a position that goes beyond `known`, on the history of the
    // server that was prepared last, or accepted a gap, which makes what this process knows void.
    bool is_behind(const remembered_position& stored, lsn known) const;

    // Why nothing may be looked for or made on this server: it is of another cluster.
    std::optional<error> refuses(const server_identity& server) const;

    std::uint64_t system() const { return server_ ? server_->system : 0; }

    // The server was asked to answer and has not: it cannot be called streaming.
    bool doubts_server(instant now) const;

    // What reading waits for, for people: a topic, the catalog; empty: for PostgreSQL or the sink.
    std::string waits_for() const;

    phase state() const { return phase_; }
    bool is_streaming() const { return streaming_; }
    const ledger& book() const { return ledger_; }
    const acknowledger& acknowledgement() const { return acknowledger_; }
    const counters& counted() const { return counters_; }
    const spool::transaction_spool& spooled() const { return spool_; }
    const passage& times() const { return passage_; }
    const observe::table_counts& by_table() const { return plans_.counts(); }
    // The end of the server's WAL as it was last told.
    lsn server_end() const { return server_end_; }
    // Since the transaction that is being read was committed.
    std::optional<passage::seconds> open_age(const moment& now) const;

private:
    void take(const encode::encoded_record& made) override;

    void decode(std::string_view payload, lsn at, const moment& now);
    void apply(const pgoutput::message& message, lsn at, const moment& now);
    void publish_changes(const moment& now);
    void publish(const change::change& what, const moment& now);
    void reaches(const change::change& what);
    void take_stream_message(const pgoutput::message& message, const moment& now);
    void begin_replay(const pgoutput::stream_commit& commit, const moment& now);
    void spool_failed(error why, const moment& now);
    void go_on_whole(error why, const moment& now);
    bool reads_streamed() const;
    start_streaming how_to_stream() const;
    bool hold(std::string_view payload, lsn at);
    bool hold_for_standbys(std::string_view payload, lsn at);
    bool hold_for_topic(std::string_view payload, lsn at);
    void release_held(const moment& now);
    bool hold_for_row(const pgoutput::insert& message, std::string_view payload, lsn at);
    bool find_row_topic(const change::change& what, const moment& now);
    void cannot_publish(error why, const moment& now);
    bool reads_binary() const { return settings_.source.binary && !text_only_; }
    void go_on_in_text(const change::change& what, const moment& now);
    void hold_until_open(std::string_view payload, lsn at, publish::topic_request wanted);
    void publish_message(const change::change& what, const moment& now);
    void begin_counted();
    void end_counted();
    void beat(const moment& now);
    void publish_gaps(const moment& now);
    bool tells_gaps(const moment& now);
    void send_to(const destination& where, const encode::encoded_record& made);
    bool diverts(const std::string& topic, const record& what);
    void not_encodable(error why, const moment& now);
    void bury(const poison& what, const record* original);
    void table_announced(const moment& now);
    void follow(result<std::optional<action>> next, const moment& now);

    result<resume_point> resume_point_of(const server_identity& server, const slot_position& slot);
    void begin_snapshot();
    void publish_read(std::uint32_t table, std::string_view line, change::snapshot_mark mark,
                      const moment& now);
    void settle_snapshot();

    bool take_own_message(const change::change& what, const moment& now);
    void hear_request(const change::change& what, const moment& now);
    void chunk_complete(const moment& now);
    void publish_chunk_row(std::string_view line, const moment& now);
    void tend_incremental(const moment& now);
    void tell_remarks();

    bool may_accept_gap() const { return settings_.accept_gap && !server_; }
    void start_when_ready(const moment& now);
    void lose_connection();
    void reconnect(const moment& now);
    void give_up(error why);
    void acknowledge(const moment& now, acknowledger::urgency how);
    void finish_drained(const moment& now);
    void watch_server(const moment& now);
    void note(report what) { actions_.emplace_back(std::move(what)); }
    void ask(action what) { actions_.push_back(std::move(what)); }

    const config::settings& settings_;
    table_plans plans_;
    side_topics side_;
    std::optional<remembered_position> remembered_;

    pgoutput::decoder decoder_;
    pgoutput::message message_;
    change::assembler assembler_;
    spool::transaction_spool spool_;
    std::optional<pgoutput::stream_commit> replayed_;  // of the transaction that leaves the spool
    ledger ledger_;
    acknowledger acknowledger_;
    counters counters_;
    passage passage_;
    std::uint64_t changes_before_ = 0;  // the open transaction
    lsn server_end_;

    publish::sink* sink_ = nullptr;
    const table_plan* plan_ = nullptr;                  // of the change that is being published
    const publish::opened_topic* row_topic_ = nullptr;  // of the row, if the plan has none
    const destination* side_destination_ = nullptr;     // of a record that belongs to no table
    bool counted_begin_ = false;                        // the open transaction has a BEGIN record
    std::string held_message_;  // waits for its topic or for standbys; empty: none
    std::string held_topic_;
    lsn held_at_;
    bool held_for_standbys_ = false;
    lsn standbys_have_;              // what commits before it may be published
    std::vector<encode::gap> gaps_;  // accepted; confirmed before the stream begins
    bool gaps_sent_ = false;
    encode::gap_encoder gap_encoder_;
    ledger::ticket ticket_ = 0;
    position publishing_;                                    // of the record that is being made
    moment publishing_now_;                                  // when its frame was read
    poison_list poisons_;                                    // come again with a replay
    const snapshot::rows_out::row* snapshot_row_ = nullptr;  // that is being published
    // Behind the newest commit of which the broker may have records. A replay forgets what was
    // received, but not this: a history that lacks it is another one.
    lsn published_;

    snapshot::course course_;
    snapshot::row_text row_text_;
    bool reads_snapshot_ = false;
    snapshot::incremental incremental_;
    bool publishes_chunk_ = false;  // nothing is read until its rows are out

    phase phase_ = phase::starting;
    bool text_only_ = false;   // a table has values whose text says more than their binary form
    bool whole_only_ = false;  // the spool failed: transactions come when they have committed
    bool prepared_ = false;
    bool streaming_ = false;
    std::optional<resume_point> resume_;
    lsn slot_confirmed_;  // when the session was prepared
    std::optional<server_identity> server_;
    backoff server_pause_{std::chrono::milliseconds{800}};
    backoff sink_pause_{std::chrono::milliseconds{5'000}};
    std::optional<instant> first_attempt_;
    instant last_received_{};
    instant last_asked_{};
    std::optional<instant> stop_deadline_;
    std::vector<action> actions_;
};

}  // namespace walferry::pipeline
