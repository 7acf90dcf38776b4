// What is read next: frames, or what a streamed transaction left in the spool; and how it got
// there.

#include "lib/base/assert.hpp"
#include "lib/pipeline/engine.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace walferry::pipeline {
namespace {

// While one partition stands still the others go on, and every transaction behind its first record
// waits in the ledger, confirmed or not: some 10 MB at most.
constexpr std::size_t transactions_out_max = 1u << 18;

}  // namespace

wanted engine::wants() const {
    const bool takes = streaming_ && phase_ != phase::draining && phase_ != phase::finished &&
                       sink_ != nullptr && !plans_.waiting() && held_message_.empty() &&
                       !publishes_chunk_ && sink_->has_room() &&
                       ledger_.transactions() < transactions_out_max;
    if (!takes) {
        return wanted::nothing;
    }
    return replayed_ ? wanted::spooled : wanted::input;
}

start_streaming engine::how_to_stream() const {
    return {std::max(resume_->from, ledger_.received()), reads_binary(), reads_streamed()};
}

bool engine::reads_streamed() const {
    return settings_.source.streaming != config::streaming_mode::off && !whole_only_;
}

void engine::take_stream_message(const pgoutput::message& message, const moment& now) {
    result<void> done;
    if (const auto* begins = std::get_if<pgoutput::stream_start>(&message.content)) {
        done = spool_.begin_block(begins->xid, begins->first_block);
    } else if (std::holds_alternative<pgoutput::stream_stop>(message.content)) {
        done = spool_.end_block();
    } else if (const auto* gone = std::get_if<pgoutput::stream_abort>(&message.content)) {
        auto whole = spool_.abort(gone->xid, gone->subtransaction);
        counters_.aborted_transactions += whole && *whole ? 1u : 0u;
        done = whole.map([](bool) {});
    } else {
        begin_replay(std::get<pgoutput::stream_commit>(message.content), now);
    }
    if (!done) {
        spool_failed(std::move(done.error()), now);
    }
}

// What protocol 1 says in its Begin is known only now.
void engine::begin_replay(const pgoutput::stream_commit& commit, const moment& now) {
    if (auto opened = spool_.open(commit.xid); !opened) {
        give_up(std::move(opened.error()));
        return;
    }
    replayed_ = commit;
    pgoutput::message message;
    message.content = pgoutput::begin{commit.commit_lsn, commit.commit_time, commit.xid};
    apply(message, {}, now);
}

void engine::take_spooled(const moment& now) {
    WALFERRY_ASSERT(wants() == wanted::spooled);
    spool::entry next;
    auto found = spool_.next(next);
    if (!found) {
        spool_failed(std::move(found.error()), now);
        return;
    }
    if (*found) {
        decode(next.message, {next.at}, now);
        return;
    }
    const auto commit = *std::exchange(replayed_, std::nullopt);
    pgoutput::message message;
    message.content = pgoutput::commit{commit.commit_lsn, commit.end_lsn, commit.commit_time};
    apply(message, {}, now);
}

// Waiting would not help: only the stream itself makes room, by commits that stand behind what does
// not fit.
void engine::spool_failed(error why, const moment& now) {
    if (why.kind == error_kind::protocol_violation) {
        give_up(std::move(why));
        return;
    }
    go_on_whole(std::move(why), now);
}

// PostgreSQL sends all of it again, and keeps on its own disk what is not committed.
void engine::go_on_whole(error why, const moment& now) {
    whole_only_ = true;
    note({report::severity::warning,
          "streaming_left",
          why.message +
              "; until walferry is started again, transactions come when they have committed, and "
              "PostgreSQL spills the large ones",
          why.hint,
          {},
          why.kind});
    lose_connection();
    reconnect(now);
}

}  // namespace walferry::pipeline
