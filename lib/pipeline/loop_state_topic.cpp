// What must be remembered, in the topic `walferry.<name>.state`. Read before the first look at the
// slot, and again once the slot is ours: only then no other process can move it. tests/model has
// the proof.

#include "lib/ledger/outdated.hpp"
#include "lib/pipeline/loop_state.hpp"
#include "lib/postgres/slot_monitor.hpp"
#include "lib/publish/state_topic.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include <random>
#include <utility>

namespace walferry::pipeline {
namespace {

// Tickets of state records are far above those of transactions that are out.
constexpr std::uint64_t state_ticket_distance = 1u << 30;

constexpr std::chrono::seconds read_again_after{1};
constexpr std::chrono::seconds ask_quiet_broker_after{3};

// Brokers take records of 1 MiB unless told otherwise.
constexpr std::size_t definition_bytes_max = 900'000;
constexpr const char* definition_suffix = "/publication";

std::string new_key(const std::string& slot) {
    std::random_device dice;
    constexpr char digits[] = "0123456789abcdef";
    std::string key = slot + '/';
    for (int i = 0; i < 16; ++i) {
        key += digits[dice() % 16];
    }
    return key;
}

error overtaken_at(lsn published) {
    return {error_kind::connection_lost,
            "another walferry published up to " + to_string(published) +
                " meanwhile; going on behind it",
            {},
            {}};
}

}  // namespace

void loop::state::make_state_source() {
    state_timer.expires_at(boost::asio::steady_timer::time_point::max());
    if (keeps_state()) {
        state_source = std::make_unique<publish::state_reader>(settings.name, settings.sink.kafka);
        state_wake.emplace(io, ::dup(state_source->wake_fd()));
        wait_for_state_source();
    }
}

void loop::state::wait_for_state_source() {
    using boost::asio::posix::stream_descriptor;
    state_wake->async_wait(stream_descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& cancelled) {
                               if (cancelled || self->over) {
                                   return;
                               }
                               if (auto answer = self->state_source->take()) {
                                   self->state_answer = std::move(answer);
                                   self->state_timer.cancel();
                               }
                               self->wait_for_state_source();
                           });
}

// Nothing when the attempt is not the present one any more.
postgres::task<std::optional<publish::state_reader::answer>> loop::state::ask_state(
    std::uint64_t attempt) {
    auto self = shared_from_this();
    state_answer.reset();
    state_source->read();
    while (!over && attempt == attempt_number && !state_answer) {
        boost::system::error_code ignored;
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
        co_await state_timer.async_wait(token);
    }
    if (over || attempt != attempt_number) {
        co_return std::nullopt;
    }
    co_return std::exchange(state_answer, std::nullopt);
}

// Tries until the brokers answer; an error is of the records, not of the way to them. What it
// returns means nothing when the attempt is not the present one any more.
postgres::task<result<remembered_state>> loop::state::read_state(std::uint64_t attempt) {
    auto self = shared_from_this();
    for (;;) {
        auto answer = co_await ask_state(attempt);
        if (!answer) {
            co_return remembered_state{};
        }
        if (*answer) {
            std::vector<std::string> documents;
            other_state_keys.clear();
            snapshot_documents.clear();
            for (const auto& [key, document] : **answer) {
                if (key.find('/') == std::string::npos) {
                    snapshot_documents[key] = document;
                    continue;
                }
                documents.push_back(document);
                bool ours = !state_key.empty() && key.starts_with(state_key);
                if (!ours && key.starts_with(settings.source.slot + '/')) {
                    other_state_keys.push_back(key);
                }
            }
            co_return walferry::remember(documents, settings.source.slot);
        }
        const auto& why = answer->error();
        report note{report::severity::warning, "state_unread", why.message, why.hint, {}, why.kind};
        do_action(note);
        connect_timer.expires_after(read_again_after);
        boost::system::error_code ignored;
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
        co_await connect_timer.async_wait(token);
    }
}

// Before anything is looked for or made on a server: which one is meant, and how far it was read.
// False: the attempt is over.
postgres::task<bool> loop::state::begin_with_state(std::uint64_t attempt) {
    auto self = shared_from_this();
    const bool forgets = settings.snapshot.mode == config::snapshot_mode::only;
    if (state_known || !keeps_state() || forgets) {
        co_return true;
    }
    auto found = co_await read_state(attempt);
    if (attempt != attempt_number || over) {
        co_return false;
    }
    auto memory =
        found ? remembered_snapshot() : result<std::optional<snapshot::memory>>{std::nullopt};
    if (!found || !memory) {
        decider.fail(std::move(found ? memory.error() : found.error()));
        perform();
        co_return false;
    }
    state_known = true;
    epoch = found->epoch + 1;
    recall_definition(*found);
    if (found->position) {
        decider.remember(*found->position);
    }
    if (*memory) {
        decider.remember_snapshot(std::move(**memory));
    }
    if (auto recalled = recall_incremental(); !recalled) {
        decider.fail(std::move(recalled.error()));
        perform();
        co_return false;
    }
    co_return true;
}

// A slot that is ahead of what this process knows: whoever streams stores a position before the
// slot gets it, so that a state read after the slot tells whether it was another walferry. True
// when the attempt is given up: what the producer still has is behind what the other one published,
// or the server was looked at before the other one went on.
postgres::task<bool> loop::state::overtaken(const postgres::server_facts& server, lsn confirmed,
                                            std::uint64_t attempt) {
    auto self = shared_from_this();
    const lsn known = decider.acknowledgement().reported();
    if (!keeps_state() || !decider.timeline() || confirmed <= known) {
        co_return false;
    }
    auto found = co_await read_state(attempt);
    if (attempt != attempt_number || over) {
        co_return true;
    }
    if (!found) {
        decider.fail(std::move(found.error()));
        co_return true;
    }
    if (!found->position || (found->position->acknowledged <= known &&
                             found->position->generation <= decider.generation())) {
        co_return false;
    }
    epoch = std::max(epoch, found->epoch + 1);
    recall_definition(*found);
    bool anything_out = decider.book().unconfirmed() > 0;
    bool seen_too_early = outdated(server.timeline, server.wal_position, *found->position);
    if (anything_out) {
        decider.sink_failed(overtaken_at(found->position->acknowledged), now());
    } else if (seen_too_early) {
        decider.connection_failed(overtaken_at(found->position->acknowledged), now());
    }
    decider.remember(*found->position);
    if (auto recalled = recall_incremental(); !recalled) {
        decider.fail(std::move(recalled.error()));
        co_return true;
    }
    co_return anything_out || seen_too_early;
}

// True when another process stored a later position than the one this session began with: the
// session is given up and the next one begins there.
postgres::task<bool> loop::state::superseded(lsn from, std::uint64_t attempt) {
    auto self = shared_from_this();
    if (!keeps_state()) {
        co_return false;
    }
    // A key a session: a late tombstone of somebody who cleaned up cannot hit a newer record.
    state_key = new_key(settings.source.slot);
    state_stored.reset();
    auto found = co_await read_state(attempt);
    if (attempt != attempt_number || over) {
        co_return true;
    }
    if (!found) {
        decider.fail(std::move(found.error()));
        co_return true;
    }
    bool later = found->position && decider.is_behind(*found->position, from);
    if (!later) {
        co_return false;
    }
    epoch = std::max(epoch, found->epoch + 1);
    recall_definition(*found);
    error why = overtaken_at(found->position->acknowledged);
    if (decider.book().unconfirmed() > 0) {
        decider.sink_failed(std::move(why), now());
    } else {
        decider.connection_failed(std::move(why), now());
    }
    decider.remember(*found->position);
    if (auto recalled = recall_incremental(); !recalled) {
        decider.fail(std::move(recalled.error()));
    }
    co_return true;
}

void loop::state::take_state_topic() {
    const auto name = publish::state_topic(settings.name).name;
    auto& opened = from_sink.opened;
    for (auto topic = opened.begin(); topic != opened.end(); ++topic) {
        if (topic->name == name) {
            state_topic_id = topic->id;
            opened.erase(topic);
            decider.sink_ready(*sink, now());
            return;
        }
    }
}

void loop::state::do_action(write_state& what) {
    if (!keeps_state()) {
        decider.state_written(what.acknowledged, now());
        return;
    }
    if (sink == nullptr || !state_topic_id) {
        return;
    }
    state_ticket = decider.book().next() + state_ticket_distance;
    state_being_written = what.acknowledged;
    produce_state(what.acknowledged, state_ticket);
}

void loop::state::produce_state(lsn acknowledged, std::uint64_t ticket) {
    state_record record;
    record.system = decider.system();
    record.timeline = decider.timeline().value_or(0);
    record.database = seen.server.database;
    record.slot = settings.source.slot;
    record.acknowledged = acknowledged;
    record.published = decider.published();
    record.publication_at = definition_at;
    record.generation = decider.generation();
    record.epoch = epoch;
    record.written_at = now().wall;
    const auto json = to_json(record);
    write_definition();
    walferry::record bytes;
    bytes.key = state_key;
    bytes.value = json;
    bytes.timestamp_ms = record.written_at.microseconds / 1000;
    sink->produce(*state_topic_id, 0, bytes, ticket);
    state_asked_at = now().steady;
}

// While nothing is out nobody would notice that the broker confirms nothing any more: the position
// that is stored already is stored again now and then.
void loop::state::ask_quiet_broker(const publish::sink_statistics& figures) {
    const auto last = std::max(state_asked_at, confirmed_at.value_or(instant{}));
    bool quiet = figures.records_out == 0 && now().steady - last >= ask_quiet_broker_after;
    if (quiet && decider.is_streaming() && state_topic_id && state_stored) {
        produce_state(*state_stored, decider.book().next() + state_ticket_distance + 1);
    }
}

void loop::state::recall_definition(const remembered_state& found) {
    if (!found.definition.empty()) {
        known_definition = found.definition;
        definition_at = found.publication_at;
    }
}

// Once a session, and when it changed: before the position, and so confirmed before it.
void loop::state::write_definition() {
    if (definition_key == state_key || known_definition.empty()) {
        return;
    }
    definition_key = state_key;
    publication_record what{settings.source.slot, known_definition,
                            decider.acknowledgement().reported(), epoch, now().wall};
    const auto json = to_json(what);
    if (json.size() > definition_bytes_max) {
        report note{report::severity::warning,
                    "publication_too_large",
                    "publication \"" + settings.source.publication + "\" lists too many tables (" +
                        std::to_string(json.size()) +
                        " bytes) to be remembered: tables that are taken out of it while walferry "
                        "is down are not noticed",
                    "publish schemas instead: CREATE PUBLICATION ... FOR TABLES IN SCHEMA",
                    {},
                    {}};
        do_action(note);
        return;
    }
    const auto key = state_key + definition_suffix;
    walferry::record bytes;
    bytes.key = key;
    bytes.value = json;
    bytes.timestamp_ms = what.written_at.microseconds / 1000;
    sink->produce(*state_topic_id, 0, bytes, decider.book().next() + state_ticket_distance + 1);
}

// Takes the confirmations of state records out of what the engine gets.
void loop::state::take_state_confirmations() {
    if (!keeps_state()) {
        return;
    }
    const auto first_of_state = decider.book().next() + state_ticket_distance / 2;
    auto& confirmed = from_sink.confirmed;
    bool written = false;
    std::erase_if(confirmed, [&](const publish::delivery& report) {
        written = written || (report.ticket == state_ticket && state_ticket != 0);
        return report.ticket >= first_of_state;
    });
    if (written) {
        state_ticket = 0;
        decider.state_written(state_being_written, now());
        if (decider.acknowledgement().stored_in_session()) {
            state_stored = state_being_written;
            clean_up_states_soon();
        }
    }
}

std::optional<int> loop::state::walsender_pid() const {
    if (reader != nullptr) {
        return reader->stream().backend_pid();
    }
    return catching_up != nullptr ? std::optional{catching_up->stream().backend_pid()}
                                  : std::nullopt;
}

void loop::state::clean_up_states_soon() {
    if (!other_state_keys.empty()) {
        control_jobs.add([self = shared_from_this(), attempt = attempt_number] {
            return self->clean_up_states(attempt);
        });
    }
}

// The records of earlier sessions count no more once ours is there. That they are earlier ones only
// the server can tell: another process may have taken the slot before its records were listed.
postgres::task<void> loop::state::clean_up_states(std::uint64_t attempt) {
    auto self = shared_from_this();
    if (attempt != attempt_number || over || !prepared) {
        co_return;
    }
    auto control = prepared->control.share();
    auto holder = co_await postgres::read_slot_holder(control, settings.source.slot);
    const bool present = attempt == attempt_number && !over && sink != nullptr && state_topic_id;
    if (!present || !holder || *holder != walsender_pid()) {
        co_return;
    }
    for (const auto& key : std::exchange(other_state_keys, {})) {
        walferry::record tombstone;
        tombstone.key = key;
        tombstone.timestamp_ms = now().wall.microseconds / 1000;
        sink->produce(*state_topic_id, 0, tombstone,
                      decider.book().next() + state_ticket_distance + 1);
    }
}

}  // namespace walferry::pipeline
