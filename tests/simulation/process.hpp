#pragma once

#include "lib/ledger/state_record.hpp"
#include "lib/pipeline/engine.hpp"
#include "tests/simulation/producer.hpp"
#include "tests/simulation/server.hpp"
#include "tests/simulation/state_topic.hpp"
#include "tests/simulation/trace.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace walferry::simulation {

// What every part of a history shares.
struct environment {
    truth& database;
    server& postgres;
    schedule& calendar;
    dice& random;
    const plan& how;
    trace log;
    variant lie = variant::none;
    bool calm = false;
    std::vector<std::unique_ptr<producer>>
        producers;                              // by number; dead ones may still land a batch
    std::vector<state_record> records;          // of the state topic, the highest of each kind
    std::optional<remembered_position> stored;  // what counts of them
    state_topic topic{};                        // in their place, where there are two instances

    void store(const state_record& landed);
};

// One life of walferry: the real engine, and in place of the loop what performs its actions in
// virtual time. Checks every status and every decision to go on.
class process {
    enum class reading : std::uint64_t { of_slot_ahead, of_session };  // the state topic
    static constexpr std::uint64_t of_messages = 1;                    // what `opened` is with

public:
    process(environment& around, std::uint64_t number, bool accept_gap);

    void start();
    void stop();
    // kill -9: the connection and the producer are gone with it.
    void kill();

    // Happenings; those of another life, attempt or producer are ignored.
    void handle(const event& next);
    // The server's side of the connection is gone; the process hears of it later, or never.
    void connection_broken(bool noticed);
    // Another server took over without what is behind `at`.
    void history_rewritten(lsn at);

    bool finished() const { return finished_; }
    const std::optional<error>& why() const { return why_; }
    bool stopping() const { return stopping_; }
    bool prepared_only() const { return prepared_ && session_ == 0; }
    // The server has something to say.
    void poke();
    bool has_connection() const { return prepared_ || session_ != 0; }
    // Everything that came is confirmed, and PostgreSQL has been told.
    bool quiet() const;
    std::string describe_state() const;
    std::uint64_t number() const { return number_; }
    static std::uint64_t of_attempt(std::uint64_t attempt) { return attempt >> 32; }
    std::uint64_t session() const { return session_; }

private:
    void perform();
    void act(pipeline::connect& what);
    void act(pipeline::start_streaming& what);
    void act(pipeline::send_status& what);
    void act(pipeline::describe& what);
    void act(pipeline::open_topics& what);
    void act(pipeline::replace_sink& what);
    void act(pipeline::flush_sink& what);
    void act(pipeline::write_state& what);
    void act(pipeline::await_standbys& what);
    void act(pipeline::write_snapshot_memory&) {}  // its streams begin without a snapshot
    void act(pipeline::read_snapshot&) {}
    void act(pipeline::read_chunk&) {}  // nobody asks for incremental snapshots
    void act(pipeline::abandon_chunk&) {}
    void act(pipeline::write_incremental_memory&) {}
    void act(pipeline::finish& what);
    void act(pipeline::report& what);

    void dispatch(const event& next);
    void connected();
    void judge_resumption();
    void forget_what_is_not_in_history();
    bool beyond_history() const;
    void started(lsn from);
    bool has_rival() const { return around_.how.instances > 1; }
    void begin_with_state();
    void slot_seen();
    void accept_slot();
    void read_state_soon(reading why);
    void state_read(reading why);
    bool overtaken();
    bool superseded();
    bool go_on_behind(const remembered_state& found, bool gives_sink_away);
    void state_confirmed(lsn acknowledged);
    void holder_told();
    void clean_up();
    void serve();
    void read();
    void take(std::string_view frame);
    bool passes(std::string_view frame) const;
    bool take_spooled();
    void commit_early(std::string_view frame);
    void look_after_ranges();
    void leave_ranges();
    void look_at(std::string_view frame);
    void sink_made();
    void described();
    void give_sink_away();
    void opened(bool for_messages);
    void batch_confirmed(const event& next);
    void sink_failed();
    void tick();
    void plan_tick();
    void check_memory() const;
    lsn falsified(lsn flush);
    template <typename make_text>
    void tell(make_text&& make) {
        around_.log.tell(around_.calendar,
                         [&] { return "#" + std::to_string(number_) + " " + std::string{make()}; });
    }
    void serve_soon();
    void leave_connection();
    bool mine(std::uint64_t number) const { return sink_ != nullptr && number == sink_number_; }
    moment now() const;
    error made_error(error_kind kind) const { return {kind, "simulated", {}, {}}; }

    environment& around_;
    std::uint64_t number_;
    config::settings settings_;
    std::optional<pipeline::engine> engine_;

    std::uint64_t attempt_;  // unique among all processes: events of a dead one may still come
    bool prepared_ = false;
    bool ever_prepared_ = false;
    std::uint64_t session_ = 0;  // 0: not streaming
    bool broken_ = false;        // nothing that is sent reaches the server
    bool ranged_ = false;        // the session brings ranges
    bool streamed_wanted_ = false;
    std::uint32_t block_ = 0;  // whose block came last
    std::deque<std::string> pipe_;
    std::uint64_t serve_token_ = 0;
    pipeline::describe question_;
    std::vector<publish::topic_request> wanted_topics_;

    producer* sink_ = nullptr;
    std::uint64_t sink_number_ = 0;
    std::uint64_t sinks_made_ = 0;

    bool remembers_;  // was given a stored position
    lsn known_;       // the highest LSN that it may have reported, or was told of
    lsn flushed_;     // the last that was reported, or what the slot has of it
    lsn produced_;    // of the newest commit that records were handed over of
    lsn open_commit_;
    lsn keepalive_;
    lsn end_seen_;
    std::uint32_t streamed_ = 0;  // timeline
    bool published_lost_ = false;
    // What was stored when this process began, by timeline; nothing once it counts no more.
    std::vector<timeline_position> remembered_;
    bool gap_accepted_ = false;  // perhaps: then what was stored may count or not

    // With a rival.
    bool state_known_ = false;
    bool second_read_ = false;  // the session began, and what is stored is being read
    std::uint64_t epoch_ = 0;
    state_topic::key state_key_ = 0;
    std::vector<state_topic::key> other_keys_;
    server_identity seen_server_;
    slot_position seen_slot_;
    lsn started_from_;

    std::optional<virtual_time> tick_at_;
    bool stopping_ = false;
    bool finished_ = false;
    std::optional<error> why_;
};

}  // namespace walferry::simulation
