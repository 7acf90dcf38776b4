// The life of a simulated process, its producer and its clock.

#include "tests/simulation/process.hpp"

#include "tests/simulation/process_settings.hpp"
#include "tests/simulation/violation.hpp"

#include <algorithm>

namespace walferry::simulation {
namespace {

constexpr std::chrono::hours epoch{1};

}  // namespace

// What another one says of the same timeline and generation lies in it.
void environment::store(const state_record& landed) {
    auto same = std::find_if(records.begin(), records.end(), [&](const auto& one) {
        return one.timeline == landed.timeline && one.generation == landed.generation;
    });
    if (same == records.end()) {
        records.push_back(landed);
    } else {
        same->acknowledged = std::max(same->acknowledged, landed.acknowledged);
        same->published = std::max(same->published, landed.published);
    }
    stored = merge(records).position;
}

process::process(environment& around, std::uint64_t number, bool accept_gap)
    : around_(around),
      number_(number),
      settings_(settings_for(around.how, accept_gap)),
      attempt_(number << 32),
      remembers_(around.how.keeps_state && around.stored.has_value()) {
    auto remembered = around.how.keeps_state ? around.stored : std::nullopt;
    if (remembered) {
        remembered_ = remembered->elsewhere;
        remembered_.push_back(
            {remembered->timeline, remembered->acknowledged, remembered->published});
    }
    engine_.emplace(settings_, plans_for(settings_), side_for(settings_), remembered,
                    around.how.keeps_state, spool_for(around));
}

moment process::now() const {
    auto at = std::chrono::microseconds{static_cast<std::int64_t>(around_.calendar.now())};
    return {instant{epoch} + at, {at.count()}};
}

void process::start() {
    engine_->start(now());
    around_.calendar.plan(around_.random.below(20 * ms), happening::sink_made, number_);
    perform();
    plan_tick();
}

void process::stop() {
    tell([] { return "told to stop"; });
    stopping_ = true;
    around_.calendar.plan(around_.how.shutdown_timeout + second, happening::stop_is_due, number_);
    engine_->stop(now());
    perform();
    plan_tick();
}

void process::kill() {
    finished_ = true;
    leave_connection();
    give_sink_away();
}

void process::give_sink_away() {
    if (sink_ != nullptr) {
        produced_ = std::max(produced_, sink_->newest_commit());
        sink_->dead = true;
        sink_ = nullptr;
    }
}

void process::handle(const event& next) {
    if (finished_) {
        return;
    }
    dispatch(next);
    if (finished_) {
        return;
    }
    perform();
    read();
    look_after_ranges();
    check_memory();
    plan_tick();
}

void process::dispatch(const event& next) {
    switch (next.what) {
        case happening::connected:
            return next.who == attempt_ ? connected() : void();
        case happening::started:
            return next.who == attempt_ ? started({next.with}) : void();
        case happening::lost:
            if (next.who == attempt_) {
                leave_connection();
                engine_->connection_failed(made_error(error_kind::connection_lost), now());
            }
            return;
        case happening::described:
            return next.who == attempt_ ? described() : void();
        case happening::serve:
            return next.who == session_ && next.with == serve_token_ ? serve() : void();
        case happening::sink_made:
            return next.who == number_ ? sink_made() : void();
        case happening::opened:
            return mine(next.who) ? opened(next.with == of_messages) : void();
        case happening::batch_confirmed:
            return mine(next.who) ? batch_confirmed(next) : void();
        case happening::producer_fails:
            return mine(next.who) ? sink_failed() : void();
        case happening::state_confirmed:
            return mine(next.who) ? state_confirmed({next.with}) : void();
        case happening::slot_seen:
            return next.who == attempt_ ? slot_seen() : void();
        case happening::holder_told:
            return next.who == attempt_ ? holder_told() : void();
        case happening::state_read:
            return next.who == attempt_ ? state_read(reading{next.with}) : void();
        case happening::tick:
            return next.who == number_ ? tick() : void();
        case happening::stop_is_due:
            require(next.who != number_, "an orderly stop takes longer than shutdown_timeout");
            return;
        default:
            return;
    }
}

// A query on a dead connection fails when TCP gives up.
void process::described() {
    if (broken_) {
        around_.calendar.plan(20 * second, happening::lost, attempt_);
    } else {
        engine_->described(around_.postgres.catalog_for(question_), now());
    }
}

void process::sink_made() {
    if (!around_.calm && around_.random.chance(around_.how.failed_topics)) {
        engine_->sink_failed(made_error(error_kind::broker_unreachable), now());
        return;
    }
    sink_number_ = around_.producers.size();
    producer::world world{around_.database, around_.random, around_.how,
                          around_.calendar, around_.lie,    around_.calm};
    around_.producers.push_back(std::make_unique<producer>(world, sink_number_));
    sink_ = around_.producers.back().get();
    sink_->owner = number_;
    ++sinks_made_;
    engine_->sink_ready(*sink_, now());
}

void process::opened(bool for_messages) {
    if (!around_.calm && around_.random.chance(around_.how.failed_topics)) {
        sink_->failed = made_error(error_kind::topic_create_failed);
        sink_failed();
        return;
    }
    if (for_messages) {
        engine_->topics_opened({sink_->open(topic_names[message_topic])}, now());
        return;
    }
    std::vector<publish::opened_topic> answer;
    for (const auto& wanted : wanted_topics_) {
        answer.push_back(sink_->open(wanted.name));
    }
    engine_->topics_opened(answer, now());
}

void process::batch_confirmed(const event& next) {
    auto told = sink_->batch_confirmed(static_cast<std::uint32_t>(next.with));
    if (!told.empty()) {
        engine_->confirmed(told, now());
    }
    if (sink_->failed) {
        sink_failed();
    }
}

void process::sink_failed() {
    tell([] { return "the producer failed"; });
    if (sink_->refused && !sink_->failed) {
        sink_->failed = made_error(error_kind::poison_record);
        engine_->record_refused(*sink_->refused, *sink_->failed, now());
        return;
    }
    if (!sink_->failed) {
        sink_->failed = made_error(error_kind::delivery_failed);
    }
    engine_->sink_failed(*sink_->failed, now());
}

void process::tick() {
    tick_at_.reset();
    if (ranged_ && session_ != 0 && !broken_) {
        engine_->source_lives(now());
    }
    engine_->tick(now());
    perform();
    require(finished_ || engine_->next_deadline() > now().steady,
            "a deadline stays in the past after tick(): the loop would spin");
}

void process::plan_tick() {
    if (finished_ || around_.lie == variant::forget_ticks) {
        return;
    }
    auto wait = std::chrono::duration_cast<std::chrono::microseconds>(engine_->next_deadline() -
                                                                      now().steady);
    auto after = static_cast<virtual_time>(std::max<std::int64_t>(wait.count() + 1, 0));
    auto at = around_.calendar.now() + after;
    if (!tick_at_ || at < *tick_at_) {
        tick_at_ = at;
        around_.calendar.plan(after, happening::tick, number_);
    }
}

void process::check_memory() const {
    require(engine_->spooled().memory_bytes() <= settings_.source.spool_memory_bytes,
            "more bytes are in the spool than its budget");
    if (sink_ == nullptr) {
        return;
    }
    require(sink_->bytes_out() <= around_.how.budget + 3 * sink_->largest_record(),
            "more bytes are with the producer than its budget");
    auto entries = engine_->book().transactions();
    auto interruptions = engine_->counted().reconnects + engine_->counted().sink_replacements;
    require(sink_->records_out() > 0 || entries <= interruptions + 2,
            "the ledger grows without records being out");
}

bool process::quiet() const {
    const auto& book = engine_->book();
    return !finished_ && session_ != 0 && book.idle() && pipe_.empty() &&
           engine_->acknowledgement().settled(book.acknowledgeable());
}

std::string process::describe_state() const {
    const auto& book = engine_->book();
    return "process " + std::to_string(number_) + " phase " +
           std::to_string(static_cast<int>(engine_->state())) + (finished_ ? " finished" : "") +
           (sink_ == nullptr ? ", no producer" : ", producer") + ", session " +
           std::to_string(session_) + ", wants input " + std::to_string(engine_->wants_input()) +
           ", in the pipe " + std::to_string(pipe_.size()) + ", entries " +
           std::to_string(book.transactions()) + ", unconfirmed " +
           std::to_string(book.unconfirmed()) + ", received " + to_string(book.received()) +
           ", acknowledgeable " + to_string(book.acknowledgeable()) + ", reported " +
           to_string(engine_->acknowledgement().reported());
}

}  // namespace walferry::simulation
