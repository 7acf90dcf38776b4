#pragma once

#include "lib/ledger/state_record.hpp"
#include "lib/observe/facts.hpp"
#include "lib/observe/log.hpp"
#include "lib/pipeline/confirmation_watch.hpp"
#include "lib/pipeline/engine.hpp"
#include "lib/pipeline/job_queue.hpp"
#include "lib/pipeline/loop.hpp"
#include "lib/pipeline/loop_catch_up.hpp"
#include "lib/pipeline/loop_incremental.hpp"
#include "lib/pipeline/loop_snapshot.hpp"
#include "lib/pipeline/source_reader.hpp"
#include "lib/pipeline/standby_gate.hpp"
#include "lib/postgres/setup.hpp"
#include "lib/postgres/slot_monitor.hpp"
#include "lib/publish/sink_driver.hpp"
#include "lib/publish/state_reader.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace walferry::pipeline {

// The inside of `loop`, for its own sources: loop.cpp (life, actions), loop_source.cpp
// (PostgreSQL), loop_catch_up.cpp (its backlog), loop_watch.cpp (its slot and publication),
// loop_standbys.cpp, loop_sink.cpp (the sink), loop_state_topic.cpp (what is remembered),
// loop_facts.cpp (what it looks like).
struct loop::state : std::enable_shared_from_this<loop::state> {
    explicit state(loop_parts parts, engine decides);

    moment now() const;
    void perform();
    void do_action(connect& what);
    void do_action(start_streaming& what);
    void do_action(send_status& what);
    void do_action(describe& what);
    void do_action(open_topics& what);
    void do_action(replace_sink& what);
    void do_action(flush_sink& what);
    void do_action(write_state& what);
    void do_action(await_standbys& what);
    void do_action(write_snapshot_memory& what);
    void do_action(read_snapshot& what);
    void do_action(read_chunk& what);
    void do_action(abandon_chunk& what);
    void do_action(write_incremental_memory& what);
    void do_action(finish& what);
    void do_action(report& what);

    void schedule_tick();
    void close_and_report(std::optional<error> why);

    postgres::task<void> prepare(std::chrono::milliseconds delay, std::uint64_t attempt);
    postgres::task<void> start_stream(start_streaming how, std::uint64_t attempt);
    postgres::task<void> look_up(describe question, std::uint64_t attempt);
    void watch_source();
    void beat_source();
    postgres::task<void> write_heartbeat(std::uint64_t attempt);
    postgres::task<void> look_after_source(std::uint64_t attempt);
    void take_health(const postgres::slot_health& health);
    postgres::task<result<void>> compare_publication(lsn at, std::uint64_t attempt);
    void judge_publication(std::string definition, const postgres::publication_facts& found,
                           const std::vector<postgres::candidate_table>& tables, lsn at);
    void ask_standbys(std::uint64_t attempt);
    postgres::task<void> look_at_standbys(std::uint64_t attempt);
    postgres::task<void> ask_standbys_later(std::uint64_t attempt);
    void tell_standbys(const postgres::standby_progress& progress);
    postgres::prepare_request prepare_request();
    postgres::task<void> close_stream(std::unique_ptr<postgres::replication_stream> stream);
    error missing_slot(const std::string& name) const;
    void accept(postgres::prepared_stream ready, std::vector<timeline_end> ancestors);
    void begin_reading(start_streaming how, std::unique_ptr<postgres::replication_stream> stream);
    void attach(std::unique_ptr<postgres::replication_stream> stream);
    void drop_connection();
    void source_ended(error why);
    void background(postgres::task<void> work);

    bool keeps_state() const { return settings.sink.kafka.enabled; }
    void make_state_source();
    void wait_for_state_source();
    postgres::task<std::optional<publish::state_reader::answer>> ask_state(std::uint64_t attempt);
    postgres::task<result<remembered_state>> read_state(std::uint64_t attempt);
    postgres::task<bool> begin_with_state(std::uint64_t attempt);
    postgres::task<bool> overtaken(const postgres::server_facts& server, lsn confirmed,
                                   std::uint64_t attempt);
    postgres::task<bool> superseded(lsn from, std::uint64_t attempt);
    void take_state_topic();
    void take_state_confirmations();
    void clean_up_states_soon();
    postgres::task<void> clean_up_states(std::uint64_t attempt);
    std::optional<int> walsender_pid() const;
    void recall_definition(const remembered_state& found);
    void write_definition();

    // The snapshot: loop_snapshot.cpp.
    result<std::optional<snapshot::memory>> remembered_snapshot() const;
    void ask_for_snapshot(postgres::prepare_request& request) const;
    void take_memory_confirmations();
    void show_snapshot(observe::stream_facts& shown) const;
    void tell_snapshot();

    // Incremental snapshots: loop_incremental.cpp.
    void begin_marks();
    result<void> recall_incremental();
    void emit_later();
    postgres::task<void> write_request(std::string json, std::uint64_t attempt);
    void snapshot_additions(const std::string& before, const std::string& now_published);
    void show_incremental(observe::stream_facts& shown) const;
    void take_incremental_confirmation();

    // The backlog by parallel backends: loop_catch_up.cpp.
    std::vector<wal_range> ranges_behind(lsn from) const;
    void catch_up_from(std::vector<wal_range> ranges, bool binary,
                       std::unique_ptr<postgres::replication_stream> stream);
    void look_after_catch_up();
    void give_catch_up_up(const error& why);
    void follow_stream();
    postgres::task<void> free_slot(std::uint64_t attempt);

    void make_sink();
    void wait_for_sink();
    void serve_sink();
    void serve_sink_when_due();
    void breathe();   // in the middle of a turn
    void end_turn();  // of who brought input
    void watch();
    void watch_stall(const publish::sink_statistics& figures);
    void ask_quiet_broker(const publish::sink_statistics& figures);
    void produce_state(lsn acknowledged, std::uint64_t ticket);

    void remember_error(const report& what);
    observe::stream_facts facts();
    observe::lag_seconds lag_at(const moment& at) const;
    void set_state(observe::stream_state to, std::string reason);

    boost::asio::io_context& io;
    const config::settings& settings;
    observe::logger& log;
    publish::sink_factory& sinks;
    engine decider;
    std::function<void(std::optional<error>)> finished;

    std::uint64_t attempt_number = 0;  // of connecting; answers of earlier ones are dropped
    bool first_preparation = true;
    postgres::table_filter selects;
    moment frame_moment{};  // one look at the clock serves some dozens of frames
    std::optional<postgres::prepared_stream> prepared;
    std::unique_ptr<source_reader> reader;
    std::unique_ptr<snapshot_rows> rows;
    std::unique_ptr<chunk_feed> chunks;
    bool emitting = false;                 // a call of emit_rows() is posted
    std::uint64_t incremental_ticket = 0;  // of its newest record that is written; 0: none
    std::unique_ptr<catch_up> catching_up;
    instant catch_up_after{};         // not again before
    int catch_ups_failed = 0;         // in a row
    std::uint64_t memory_ticket = 0;  // of the snapshot's record that is being written; 0: none
    instant snapshot_told_at{};
    job_queue control_jobs;

    std::unique_ptr<publish::sink_driver> sink;
    std::optional<boost::asio::posix::stream_descriptor> sink_wake;
    publish::sink_events from_sink;
    std::optional<instant> confirmed_at;  // data, or a position
    std::uint64_t confirmed_ever = 0;     // by sinks that are gone
    confirmation_watch confirmations;
    std::optional<instant> waits_since;  // the engine waits for something else than rows
    std::uint64_t stalled_at_count = 0;
    instant stalled_since{};

    // The state topic: loop_state_topic.cpp.
    std::string state_key;  // of this session
    std::uint64_t epoch = 0;
    std::optional<publish::topic_id> state_topic_id;
    std::uint64_t state_ticket = 0;  // of the record that is being written; 0: none
    lsn state_being_written;
    std::optional<lsn> state_stored;  // in this session
    instant state_asked_at{};
    std::map<std::string, std::string> snapshot_documents;  // by key, as read last
    std::vector<std::string> other_state_keys;  // to be removed once an own record is confirmed
    bool state_known = false;                   // was read once
    std::unique_ptr<publish::state_reader> state_source;
    std::optional<boost::asio::posix::stream_descriptor> state_wake;
    std::optional<publish::state_reader::answer> state_answer;

    boost::asio::steady_timer state_timer;  // cancelled when somebody who waits should look
    boost::asio::steady_timer tick_timer;
    boost::asio::steady_timer connect_timer;
    boost::asio::steady_timer sink_timer;
    boost::asio::steady_timer serve_timer;
    std::optional<instant> serve_timer_at;  // when it was set

    // loop_watch.cpp.
    instant source_watched_at{};
    bool watching = false;
    instant heartbeat_at{};
    instant health_at{};
    lsn server_end;
    std::string known_definition;  // of the publication; empty: not known
    lsn definition_at;             // up to here it was certainly so
    std::string told_definition;   // one that was warned of
    std::string definition_key;    // it is in the state topic under this key; empty: it is not

    // loop_standbys.cpp.
    standby_gate standbys;
    lsn standby_goal;
    std::chrono::milliseconds standby_pause{0};
    instant standbys_awaited_since{};

    bool performing = false;
    bool over = false;

    observe::stream_facts seen;  // the parts of facts() that are kept between calls
};

}  // namespace walferry::pipeline
