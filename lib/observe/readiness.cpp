#include "lib/observe/readiness.hpp"

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

std::string in_seconds(seconds time) {
    return std::to_string(static_cast<long long>(time.count())) + " s";
}

}  // namespace

readiness judge_readiness(const stream_facts& facts) {
    if (facts.state != stream_state::streaming && facts.state != stream_state::catching_up) {
        return {false, not_streaming(facts)};
    }
    if (!facts.server.connected) {
        return {false, "not connected to PostgreSQL"};
    }
    if (!facts.sink.connected) {
        return {false, "not connected to the " + facts.sink.kind + " sink"};
    }
    if (!facts.sink.confirmed_ever) {
        return {false, "the " + facts.sink.kind + " sink has not confirmed anything yet"};
    }
    if (!facts.source.waits_for.empty()) {
        return {false, facts.source.waits_for};
    }
    if (facts.waiting && *facts.waiting > waiting_max) {
        return {false,
                "reading waits for " + facts.waits_for + " since " + in_seconds(*facts.waiting)};
    }
    const ledger_facts& ledger = facts.ledger;
    if (!ledger.owed) {
        return {true, "streaming; everything sent is confirmed"};
    }
    if (*ledger.owed > confirmation_fresh_max) {
        return {false, "the broker owes a confirmation since " + in_seconds(*ledger.owed) + "; " +
                           std::to_string(ledger.records_unconfirmed) + " records are out"};
    }
    return {true, "streaming; the broker confirms"};
}

}  // namespace walferry::observe
