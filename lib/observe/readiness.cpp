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
    const seconds silence = ledger.since_confirmed
                                ? std::min(*ledger.since_confirmed, ledger.oldest_age)
                                : ledger.oldest_age;
    if (silence > confirmation_fresh_max) {
        return {false, "the broker has confirmed nothing for " +
                           std::to_string(static_cast<long long>(silence.count())) + " s; " +
                           std::to_string(ledger.records_unconfirmed) + " records are out"};
    }
    return {true, "streaming; the broker confirms"};
}

}  // namespace walferry::observe
