#include "lib/pipeline/engine.hpp"

#include "lib/base/assert.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace walferry::pipeline {
engine::engine(const config::settings& settings, table_plans plans, side_topics side,
               std::optional<remembered_position> remembered, bool keeps_state,
               std::unique_ptr<spool::storage> spool_storage)
    : settings_(settings),
      plans_(std::move(plans)),
      side_(std::move(side)),
      remembered_(std::move(remembered)),
      spool_({settings.source.spool_memory_bytes, settings.source.spool_disk_bytes},
             std::move(spool_storage)),
      ledger_(remembered_ ? remembered_->acknowledged : lsn{}),
      acknowledger_(remembered_ ? remembered_->acknowledged : lsn{}, keeps_state,
                    settings.source.acknowledge_interval, settings.source.status_interval),
      published_(remembered_ ? remembered_->published : lsn{}),
      course_(settings.snapshot.mode, keeps_state) {}

std::vector<action> engine::take_actions() {
    return std::exchange(actions_, {});
}

void engine::start(const moment& now) {
    WALFERRY_ASSERT(phase_ == phase::starting);
    first_attempt_ = now.steady;
    acknowledger_.session_over();
    ask(connect{});
}

void engine::remember(remembered_position stored) {
    WALFERRY_ASSERT(!streaming_);
    ledger_.begin_at(stored.acknowledged);
    acknowledger_.begin_at(stored.acknowledged);
    passage_.clear();
    published_ = stored.published;
    remembered_ = std::move(stored);
}

bool engine::is_behind(const remembered_position& stored, lsn known) const {
    if (remembered_ && stored.generation != remembered_->generation) {
        return stored.generation > remembered_->generation;
    }
    return (server_ ? contained(*server_, stored) : stored.acknowledged) > known;
}

std::optional<error> engine::refuses(const server_identity& server) const {
    return remembered_ && !may_accept_gap() ? foreign_system(server, *remembered_) : std::nullopt;
}

void engine::prepared(const server_identity& server, const slot_position& slot,
                      change::catalog today, const moment& now) {
    if (phase_ == phase::draining || phase_ == phase::finished) {
        return;
    }
    auto point = resume_point_of(server, slot);
    if (!point) {
        give_up(std::move(point.error()));
        return;
    }
    if (auto done = side_.connected_to(server.database); !done) {
        give_up(std::move(done.error()));
        return;
    }
    plans_.connected_to(server.database);
    plans_.catalog().merge(std::move(today));
    bool starts_over = !remembered_ || point->gap_from.has_value();
    if (starts_over) {
        published_ = {};
    }
    // Another timeline need not have the end of what was received or acknowledged.
    if (starts_over || point->timeline_changed) {
        passage_.clear();
        server_end_ = {};
        ledger_.begin_at(point->from);
        acknowledger_.begin_at(point->from);
    }
    auto gaps = generation();
    if (point->gap_from) {
        ++gaps;
        note({report::severity::warning,
              "gap_accepted",
              "the changes after " + to_string(*point->gap_from) + " up to " +
                  to_string(point->from) + " were never published; going on as told",
              {},
              point->from,
              {}});
        gaps_.push_back({std::string{name_of(point->accepted->kind)},
                         point->accepted->message,
                         *point->gap_from ? point->gap_from : std::nullopt,
                         point->from,
                         {},
                         slot.name,
                         server.system,
                         server.timeline});
    }
    snapshot::memory identity;
    identity.system = server.system;
    identity.timeline = server.timeline;
    identity.database = server.database;
    identity.slot = slot.name;
    identity.from = point->from;
    course_.prepared({std::move(identity), remembered_.has_value(), slot.created_now,
                      point->gap_from.has_value()});
    server_ = server;
    remembered_ =
        remembered_position{server.system, server.timeline, acknowledger_.reported(),
                            published_,    slot.name,       remembered_ ? remembered_->epoch : 0,
                            gaps};
    resume_ = *point;
    slot_confirmed_ = slot.confirmed;
    prepared_ = true;
    standbys_have_ = {};
    start_when_ready(now);
    acknowledge(now, acknowledger::urgency::due);
}

void engine::start_when_ready(const moment& now) {
    if (prepared_ && sink_ != nullptr && !streaming_) {
        if (auto missing = side_.missing(!gaps_.empty()); !missing.empty()) {
            ask(open_topics{std::move(missing)});
            return;
        }
        if (tells_gaps(now)) {
            return;
        }
        if (auto ahead = plans_.topics_ahead(); !ahead.empty()) {
            // Nobody waits for them: one that cannot be opened is told of with its first record.
            ask(open_topics{std::move(ahead)});
        }
        if (course_.due()) {
            begin_snapshot();
            return;
        }
        // What the producer still has needs no second delivery: go on behind what was received.
        ask(how_to_stream());
        prepared_ = false;
    }
}

void engine::streaming(const moment& now) {
    if (phase_ == phase::draining || phase_ == phase::finished) {
        return;
    }
    streaming_ = true;
    phase_ = phase::streaming;
    last_received_ = last_asked_ = now.steady;
    decoder_.reset();
    assembler_.new_session();
    acknowledger_.new_session(slot_confirmed_);
    acknowledge(now, acknowledger::urgency::now);
}

void engine::lose_connection() {
    if (reads_snapshot_) {
        reads_snapshot_ = false;
        course_.interrupted(false);
    }
    streaming_ = false;
    prepared_ = false;
    plans_.abandon_question();
    incremental_.interrupted(false);
    publishes_chunk_ = false;
    held_message_.clear();
    spool_.clear();
    replayed_.reset();
    ledger_.reset_open();
    acknowledger_.session_over();
    if (remembered_) {
        remembered_->acknowledged = acknowledger_.reported();
        remembered_->published = published_;
    }
    if (reads_without_memory()) {
        remembered_.reset();
    }
}

void engine::reconnect(const moment& now) {
    if (phase_ == phase::streaming) {
        phase_ = phase::reconnecting;
        first_attempt_ = now.steady;
    }
    ask(connect{server_pause_.next()});
    ++counters_.reconnects;
}

void engine::connect_again(const moment& now) {
    if (phase_ != phase::streaming) {
        return;
    }
    lose_connection();
    phase_ = phase::reconnecting;
    first_attempt_ = now.steady;
    ask(connect{});
}

void engine::connection_failed(error why, const moment& now) {
    lose_connection();
    if (phase_ == phase::finished) {
        return;
    }
    if (phase_ == phase::draining) {
        finish_drained(now);
        return;
    }
    // PostgreSQL may fail to decode before a commit what it decodes after it.
    if (why.kind == error_kind::server_error && phase_ == phase::streaming && reads_streamed()) {
        go_on_whole(std::move(why), now);
        return;
    }
    if (!is_retried(why.kind)) {
        give_up(std::move(why));
        return;
    }
    bool never_streamed = phase_ == phase::starting;
    bool waits_for_slot = why.kind == error_kind::slot_in_use && settings_.source.wait_for_slot;
    if (waits_for_slot) {
        first_attempt_ = now.steady;  // whoever waits its turn has started
    }
    if (never_streamed && !waits_for_slot &&
        now.steady - *first_attempt_ >= settings_.source.startup_timeout) {
        give_up(std::move(why));
        return;
    }
    note({report::severity::warning, "source_retry", why.message, why.hint, {}, why.kind});
    reconnect(now);
}

void engine::described(change::catalog found, const moment& now) {
    follow(plans_.described(std::move(found)), now);
}

void engine::sink_ready(publish::sink& sink, const moment& now) {
    sink_ = &sink;
    tend_incremental(now);
    acknowledger_.state_ready();
    start_when_ready(now);
}

void engine::topics_opened(const std::vector<publish::opened_topic>& opened, const moment& now) {
    side_.opened(opened);
    follow(plans_.topics_opened(opened), now);
    release_held(now);
    start_when_ready(now);
}

void engine::confirmed(std::span<const publish::delivery> reports, const moment& now) {
    for (const auto& report : reports) {
        for (std::uint32_t i = 0; i < report.count; ++i) {
            ledger_.confirmed(report.ticket);
        }
        counters_.records_confirmed += report.count;
    }
    if (!reports.empty()) {
        sink_pause_.reset();
    }
    if (gaps_sent_ && ledger_.unconfirmed() == 0) {
        gaps_.clear();
        gaps_sent_ = false;
        start_when_ready(now);
    }
    acknowledge(now, acknowledger::urgency::due);
    if (reads_snapshot_) {
        settle_snapshot();
    }
    tend_incremental(now);
    if (phase_ == phase::draining) {
        finish_drained(now);
    }
}

void engine::sink_failed(error why, const moment& now) {
    // One failure may be told twice before the sink is given away. A failure after that is of the
    // next one, which could not even be made.
    bool told = std::any_of(actions_.begin(), actions_.end(), [](const action& asked) {
        return std::holds_alternative<replace_sink>(asked);
    });
    if (phase_ == phase::finished || told) {
        return;
    }
    sink_ = nullptr;
    plans_.new_sink();
    side_.new_sink();
    gaps_sent_ = false;
    lose_connection();
    course_.interrupted(true);
    incremental_.interrupted(true);
    ledger_.discard_outstanding();
    acknowledger_.state_lost();
    if (phase_ == phase::draining || !is_retried(why.kind)) {
        give_up(std::move(why));
        return;
    }
    ++counters_.sink_replacements;
    note({report::severity::warning, "sink_retry", why.message, why.hint, ledger_.acknowledgeable(),
          why.kind});
    auto pause = sink_pause_.next();
    ask(replace_sink{pause});
    if (phase_ == phase::streaming) {
        phase_ = phase::reconnecting;
        first_attempt_ = now.steady;
    }
    ask(connect{pause});
}

void engine::state_written(lsn acknowledged, const moment& now) {
    acknowledger_.state_written(acknowledged);
    acknowledge(now, acknowledger::urgency::due);
    if (phase_ == phase::draining) {
        finish_drained(now);
    }
}

void engine::acknowledge(const moment& now, acknowledger::urgency how) {
    if (!poisons_.empty()) {
        poisons_.forget_before(acknowledger_.reported());
    }
    auto decided = acknowledger_.decide(ledger_.acknowledgeable(), now.steady, how);
    if (decided.write_state) {
        ask(write_state{decided.state, published_, generation()});
    }
    if (decided.send_status && streaming_) {
        passage_.acknowledged(decided.status, now);
        ask(send_status{ledger_.received(), decided.status, false});
    }
}

std::optional<passage::seconds> engine::open_age(const moment& now) const {
    if (!ledger_.is_open()) {
        return std::nullopt;
    }
    const auto passed = now.wall.microseconds - assembler_.current().commit_time.microseconds;
    return std::chrono::microseconds{std::max<std::int64_t>(passed, 0)};
}

void engine::stop(const moment& now) {
    if (phase_ == phase::draining || phase_ == phase::finished) {
        return;
    }
    bool was_streaming = streaming_;
    phase_ = phase::draining;
    stop_deadline_ = now.steady + settings_.shutdown_timeout;
    held_message_.clear();
    ledger_.reset_open();
    if (was_streaming || ledger_.unconfirmed() > 0) {
        ask(flush_sink{});
    }
    finish_drained(now);
}

void engine::stop_at_once() {
    if (phase_ != phase::finished) {
        phase_ = phase::finished;
        ask(finish{});
    }
}

void engine::finish_drained(const moment& now) {
    if (ledger_.unconfirmed() == 0) {
        acknowledge(now, acknowledger::urgency::now);
        if (acknowledger_.settled(ledger_.acknowledgeable()) ||
            (!streaming_ && !acknowledger_.writing())) {
            phase_ = phase::finished;
            ask(finish{});
            return;
        }
    }
    if (now.steady >= *stop_deadline_) {
        give_up({error_kind::shutdown_incomplete,
                 "the broker did not confirm " + std::to_string(ledger_.unconfirmed()) +
                     " records and the position within shutdown_timeout; what follows " +
                     to_string(acknowledger_.reported()) + " will be published again",
                 "look after the broker; nothing is lost",
                 {}});
    }
}

void engine::give_up(error why) {
    phase_ = phase::finished;
    ask(finish{std::move(why)});
}

void engine::follow(result<std::optional<action>> next, const moment&) {
    if (!next) {
        give_up(std::move(next.error()));
    } else if (*next) {
        ask(std::move(**next));
    }
}

}  // namespace walferry::pipeline
