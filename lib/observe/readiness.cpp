#include "lib/observe/readiness.hpp"

#include <algorithm>

namespace walferry::observe {
namespace {

std::string not_streaming(const stream_facts& facts) {
    std::string text = "not streaming: ";
    text += name_of(facts.state);
    if (!facts.reason.empty()) {
        text += ", " + facts.reason;
    }
    return text;
}

// How long the broker has owed us a confirmation: since the last one, or since the oldest record
// went out when that was later. Nothing when neither is known.
std::optional<seconds> silence_of(const ledger_facts& ledger) {
    if (ledger.since_confirmed && ledger.oldest_age) {
        return std::min(*ledger.since_confirmed, *ledger.oldest_age);
    }
    return ledger.since_confirmed ? ledger.since_confirmed : ledger.oldest_age;
}

std::string unconfirmed(const ledger_facts& ledger, const std::optional<seconds>& silence) {
    std::string text = "the broker has confirmed nothing";
    if (silence) {
        text += " for " + std::to_string(static_cast<long long>(silence->count())) + " s";
    }
    return text + "; " + std::to_string(ledger.records_unconfirmed) + " records are out";
}

}  // namespace

readiness judge_readiness(const stream_facts& facts) {
    if (facts.state != stream_state::streaming) {
        return {false, not_streaming(facts)};
    }
    if (!facts.server.connected) {
        return {false, "not connected to PostgreSQL"};
    }
    if (facts.ledger.frozen) {
        return {false, "acknowledging is frozen until someone acts; see the last errors"};
    }
    if (!facts.sink.connected) {
        return {false, "not connected to the " + facts.sink.kind + " sink"};
    }
    const ledger_facts& ledger = facts.ledger;
    if (ledger.records_unconfirmed == 0) {
        return {true, "streaming; everything sent is confirmed"};
    }
    const std::optional<seconds> silence = silence_of(ledger);
    if (!silence || *silence > confirmation_fresh_max) {
        return {false, unconfirmed(ledger, silence)};
    }
    return {true, "streaming; the broker confirms"};
}

}  // namespace walferry::observe
