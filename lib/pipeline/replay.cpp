#include "lib/pipeline/replay.hpp"

#include "lib/pipeline/wall_clock.hpp"

#include <poll.h>

#include <algorithm>
#include <limits>
#include <thread>
#include <variant>

namespace walferry::pipeline {
namespace {

constexpr int longest_wait_ms = 100;
constexpr int replayed_a_turn = 64;

class replay_run {
public:
    explicit replay_run(replay_parts parts) : parts_(std::move(parts)) {}

    result<replayed> run() {
        auto made = parts_.sinks.make();
        if (!made) {
            return tl::unexpected(std::move(made.error()));
        }
        sink_ = std::move(*made);
        parts_.decider.start(this_moment());
        parts_.decider.sink_ready(*sink_, this_moment());
        perform();
        while (!finished_) {
            turn();
        }
        if (why_) {
            return tl::unexpected(std::move(*why_));
        }
        replayed done{parts_.decider.counted(), {}, whole_};
        if (began_) {
            done.took = std::chrono::steady_clock::now() - *began_;
        }
        return done;
    }

private:
    // A burst of frames as far as the engine takes them, then the sink, the clock and the actions.
    void turn() {
        bool read = false;
        auto begin = this_moment();
        for (int count = 0; count < replayed_a_turn && may_read(); ++count) {
            read = true;
            read_one(begin);
        }
        for (int count = 0; count < replayed_a_turn && may_take_spooled(); ++count) {
            read = true;
            parts_.decider.take_spooled(begin);
            perform();
        }
        serve_sink();
        auto at = this_moment();
        if (at.steady >= parts_.decider.next_deadline()) {
            parts_.decider.tick(at);
        }
        if (stopping()) {
            end(at);
        }
        perform();
        if (!read && !finished_) {
            wait();
        }
    }

    bool stopping() const { return parts_.stop != nullptr && parts_.stop->load(); }

    bool may_read() const {
        return !finished_ && !ended_ && !stopping() && parts_.decider.wants_input() && is_due();
    }

    bool may_take_spooled() const {
        return !finished_ && !stopping() && parts_.decider.wants() == wanted::spooled;
    }

    bool is_due() const {
        return !parts_.recorded_pace || !has_frame_ || std::chrono::steady_clock::now() >= due_;
    }

    void read_one(const moment& at) {
        if (!has_frame_ && !fetch()) {
            return;
        }
        if (!is_due()) {
            return;
        }
        has_frame_ = false;
        parts_.decider.received(parts_.source.frame(), at);
        perform();
    }

    // Moves to the next frame of the file; false: it has no more, or what came is not a frame.
    bool fetch() {
        auto step = parts_.source.next();
        if (!step) {
            finish_with(std::move(step.error()));
        } else if (*step == capture::capture_reader::step::catalog) {
            known_.merge(std::move(parts_.source.catalog()));
        } else if (*step == capture::capture_reader::step::end) {
            whole_ = true;
            end(this_moment());
        } else {
            time_frame();
            return true;
        }
        return false;
    }

    void time_frame() {
        has_frame_ = true;
        if (!began_) {
            began_ = std::chrono::steady_clock::now();
            first_arrived_ = parts_.source.arrived();
        }
        auto later = parts_.source.arrived().microseconds - first_arrived_.microseconds;
        due_ = *began_ + std::chrono::microseconds{later};
    }

    void end(const moment& at) {
        if (!ended_) {
            ended_ = true;
            parts_.decider.stop(at);
        }
    }

    void serve_sink() {
        publish::sink_events happened;
        for (bool more = true; more && !finished_;) {
            more = sink_->poll(happened);
            if (!happened.opened.empty()) {
                parts_.decider.topics_opened(happened.opened, this_moment());
            }
            if (!happened.confirmed.empty()) {
                parts_.decider.confirmed(happened.confirmed, this_moment());
            }
            if (happened.failed && happened.reader_left) {
                finished_ = true;
            } else if (happened.failed) {
                finish_with(std::move(*happened.failed));
            }
            happened = {};
            perform();
        }
    }

    void wait() {
        pollfd watched{sink_->wake_fd(), POLLIN, 0};
        const auto start = std::chrono::steady_clock::now();
        auto until = start + std::chrono::milliseconds{longest_wait_ms};
        if (has_frame_ && !ended_ && parts_.decider.wants_input()) {
            until = std::min(until, due_);
        }
        until = std::max(start, std::min(until, sink_->due().value_or(until)));
        const auto patience = std::chrono::ceil<std::chrono::milliseconds>(until - start).count();
        if (::poll(&watched, 1, static_cast<int>(patience)) == 1) {
            sink_->woken();
        }
    }

    void perform() {
        for (auto actions = parts_.decider.take_actions(); !actions.empty() && !finished_;
             actions = parts_.decider.take_actions()) {
            for (auto& next : actions) {
                std::visit([this](auto& what) { act(what); }, next);
            }
        }
    }

    // A second time is after a failure, and a capture cannot be sent again.
    void act(connect&) {
        if (connected_) {
            finish_with(error{error_kind::output_failed,
                              "the capture cannot be read on: " + last_warning_.message,
                              last_warning_.hint,
                              {}});
            return;
        }
        connected_ = true;
        const auto& about = parts_.source.about();
        server_identity server{about.system, about.timeline, about.flushed, about.database, {}};
        slot_position slot{about.slot, about.from, true};
        parts_.decider.prepared(server, slot, known_, this_moment());
    }
    void act(start_streaming&) { parts_.decider.streaming(this_moment()); }
    void act(describe&) { parts_.decider.described(known_, this_moment()); }
    void act(open_topics& what) { sink_->open_topics(std::move(what.wanted)); }
    void act(flush_sink&) { sink_->flush(); }
    void act(finish& what) {
        finished_ = true;
        why_ = std::move(what.why);
    }
    void act(report& what) {
        last_warning_ = what;
        if (parts_.tell) {
            parts_.tell(what);
        }
    }
    // Nobody is there to be told.
    void act(send_status&) {}
    void act(write_state&) {}
    // They are of a server that is not asked here.
    void act(await_standbys&) {
        parts_.decider.standbys_have({std::numeric_limits<std::uint64_t>::max()}, this_moment());
    }
    void act(write_snapshot_memory&) {}  // a recorded stream has no rows but its own
    void act(read_snapshot&) {}
    void act(read_chunk&) {}
    void act(abandon_chunk&) {}
    void act(write_incremental_memory&) {}
    void act(replace_sink&) {}

    void finish_with(error why) {
        finished_ = true;
        why_ = std::move(why);
    }

    replay_parts parts_;
    std::unique_ptr<publish::sink_driver> sink_;
    change::catalog known_;  // all that the capture said so far
    bool connected_ = false;
    report last_warning_;
    bool has_frame_ = false;
    instant due_{};
    std::optional<instant> began_;
    unix_time first_arrived_;
    bool ended_ = false;
    bool whole_ = false;
    bool finished_ = false;
    std::optional<error> why_;
};

}  // namespace

result<replayed> replay(replay_parts parts) {
    return replay_run{std::move(parts)}.run();
}

}  // namespace walferry::pipeline
