// Messages that wait: for a topic that is not open yet, for standbys. Nothing behind them is read.

#include "lib/pipeline/engine.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace walferry::pipeline {
namespace {

// A place inside the record that makes what follows durable, when this message begins something.
std::optional<lsn> commit_of(const pgoutput::message& message) {
    if (const auto* begins = std::get_if<pgoutput::begin>(&message.content)) {
        return begins->commit_lsn;
    }
    if (const auto* streamed = std::get_if<pgoutput::stream_commit>(&message.content)) {
        return streamed->commit_lsn;
    }
    const auto* alone = std::get_if<pgoutput::logical_message>(&message.content);
    if (alone == nullptr || alone->transactional) {
        return std::nullopt;
    }
    return lsn{alone->at.value - 1};  // it tells where it ends
}

}  // namespace

bool engine::hold(std::string_view payload, lsn at) {
    return hold_for_standbys(payload, at) || hold_for_topic(payload, at);
}

// A transaction comes after its commit, so that all of it may leave once the standbys have that.
bool engine::hold_for_standbys(std::string_view payload, lsn at) {
    if (settings_.source.wait_for_standbys.empty()) {
        return false;
    }
    const auto commit = commit_of(message_);
    if (!commit || *commit < standbys_have_) {
        return false;
    }
    held_message_ = payload;
    held_at_ = at;
    held_for_standbys_ = true;
    ask(await_standbys{*commit});
    return true;
}

void engine::standbys_have(lsn at, const moment& now) {
    standbys_have_ = std::max(standbys_have_, at);
    release_held(now);
}

// The topic of logical messages is made when the first one comes: most streams never have any.
bool engine::hold_for_topic(std::string_view payload, lsn at) {
    if (const auto* row = std::get_if<pgoutput::insert>(&message_.content)) {
        return hold_for_row(*row, payload, at);
    }
    const auto* message = std::get_if<pgoutput::logical_message>(&message_.content);
    if (message == nullptr || side_.messages().id || !side_.keeps(*message)) {
        return false;
    }
    hold_until_open(payload, at, side_.message_request());
    return true;
}

void engine::hold_until_open(std::string_view payload, lsn at, publish::topic_request wanted) {
    held_message_ = payload;
    held_at_ = at;
    held_for_standbys_ = false;
    held_topic_ = wanted.name;
    ask(open_topics{{std::move(wanted)}});
}

// What still has to wait is held again, and asked for again.
void engine::release_held(const moment& now) {
    if (!held_message_.empty() && sink_ != nullptr) {
        const auto message = std::exchange(held_message_, {});
        decode(message, held_at_, now);
    }
}

}  // namespace walferry::pipeline
