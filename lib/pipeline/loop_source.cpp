// The loop's side of PostgreSQL: connecting, the stream, the catalog, the slot's health.

#include "lib/pipeline/loop_state.hpp"
#include "lib/postgres/catalog_queries.hpp"
#include "lib/postgres/copy_frame.hpp"
#include "lib/route/unfit_tables.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>

namespace walferry::pipeline {
namespace {

std::uint64_t system_number(const std::string& text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

void loop::state::background(postgres::task<void> work) {
    boost::asio::co_spawn(io, std::move(work), [](const std::exception_ptr& failure) {
        if (failure) {
            std::rethrow_exception(failure);
        }
    });
}

void loop::state::do_action(connect& what) {
    drop_connection();
    background(prepare(what.delay, ++attempt_number));
}

void loop::state::drop_connection() {
    ++attempt_number;
    connect_timer.cancel();
    state_timer.cancel();
    control_jobs.clear();
    reader.reset();
    catching_up.reset();
    watching = false;
    standbys = {};
    seen.source.waits_for.clear();
    rows.reset();
    chunks.reset();
    seen.server.connected = false;
}

postgres::prepare_request loop::state::prepare_request() {
    postgres::prepare_request request;
    request.source = settings.source;
    request.selects = selects;
    bool begins_anew = !decider.timeline() || settings.accept_gap;
    bool may_create = settings.source.create && first_preparation && begins_anew;
    request.create = may_create ? postgres::creation::allowed : postgres::creation::forbidden;
    request.definition = known_definition;
    request.definition_at = definition_at;
    request.accept_change = settings.accept_gap && first_preparation;
    request.skips = settings.events.skip;
    request.refuses = [self = shared_from_this()](const postgres::server_facts& server) {
        server_identity identity;
        identity.system = system_number(server.system_id);
        return self->decider.refuses(identity);
    };
    if (first_preparation) {
        request.refuses_tables = [self = shared_from_this()](
                                     const postgres::publication_facts& publication,
                                     const change::catalog& today) {
            auto unfit = route::unfit_tables(self->settings, publication.tables, today);
            return unfit.empty() ? std::nullopt : std::optional{std::move(unfit.front())};
        };
    }
    return request;
}

postgres::task<void> loop::state::prepare(std::chrono::milliseconds delay, std::uint64_t attempt) {
    auto self = shared_from_this();
    prepared.reset();
    if (delay.count() > 0) {
        connect_timer.expires_after(delay);
        boost::system::error_code ignored;
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
        co_await connect_timer.async_wait(token);
    }
    if (attempt != attempt_number || over) {
        co_return;
    }
    auto sessions = co_await postgres::open_sessions(io, settings.source);
    if (attempt != attempt_number || over) {
        co_return;
    }
    if (!sessions) {
        decider.connection_failed(std::move(sessions.error()), now());
        perform();
        co_return;
    }
    bool goes_on = co_await begin_with_state(attempt);
    if (!goes_on) {
        co_return;
    }
    auto request = prepare_request();
    ask_for_snapshot(request);
    auto ready = co_await postgres::prepare(std::move(*sessions), std::move(request));
    if (attempt != attempt_number || over) {
        co_return;
    }
    if (!ready) {
        decider.connection_failed(std::move(ready.error()), now());
        perform();
        co_return;
    }
    if (ready->slot.exists && !ready->slot.active) {
        const lsn confirmed = ready->slot.confirmed_flush;
        bool begins_again = co_await overtaken(ready->server, confirmed, attempt);
        if (attempt != attempt_number || over || begins_again) {
            perform();
            co_return;
        }
    }
    std::vector<timeline_end> ancestors;
    if (decider.needs_ancestors(ready->server.timeline)) {
        auto told = co_await ready->earlier_timelines();
        if (attempt != attempt_number || over) {
            co_return;
        }
        if (!told) {
            decider.connection_failed(std::move(told.error()), now());
            perform();
            co_return;
        }
        ancestors = std::move(*told);
    }
    accept(std::move(*ready), std::move(ancestors));
    perform();
}

// A slot that was streamed from and is gone took changes with it; a new one does not have them.
error loop::state::missing_slot(const std::string& name) const {
    if (!decider.timeline()) {
        return {error_kind::slot_missing,
                "slot \"" + name + "\" does not exist",
                "start with source.create: true, or SELECT pg_create_logical_replication_slot('" +
                    name + "', 'pgoutput')",
                {}};
    }
    return {error_kind::slot_lost,
            "slot \"" + name + "\" does not exist any more; the changes from " +
                to_string(decider.acknowledgement().reported()) + " on are lost with it",
            "if losing those changes is acceptable, start once with `walferry run --accept-gap`",
            {}};
}

void loop::state::accept(postgres::prepared_stream ready, std::vector<timeline_end> ancestors) {
    prepared.emplace(std::move(ready));
    for (const auto& remark : prepared->remarks) {
        observe::log_line line;
        line.level = observe::log_level::warning;
        line.event = "source_remark";
        line.message = remark.text;
        line.hint = remark.cure;
        line.key = remark.text;
        log.write(line);
    }
    const auto& server = prepared->server;
    const auto& slot = prepared->slot;
    seen.server.version = server.version_text;
    seen.server.system_id = server.system_id;
    seen.server.timeline = server.timeline;
    seen.server.host = prepared->control.host();
    seen.server.database = server.database;
    auto defect = slot.created_now ? std::nullopt : postgres::slot_defect(slot, server.database);
    if (defect) {
        decider.connection_failed(std::move(*defect), now());
        return;
    }
    if (!slot.exists) {
        decider.connection_failed(missing_slot(slot.name), now());
        return;
    }
    first_preparation = false;
    server_identity identity{system_number(server.system_id), server.timeline, server.wal_position,
                             server.database, std::move(ancestors)};
    slot_position position{settings.source.slot, slot.confirmed_flush, slot.created_now};
    if (prepared->accepted_change) {
        decider.accept_gap({std::string{name_of(prepared->accepted_change->kind)},
                            prepared->accepted_change->message,
                            definition_at ? std::optional{definition_at} : std::nullopt,
                            server.wal_position, prepared->accepted_tables, slot.name,
                            identity.system, server.timeline});
    }
    snapshot_additions(known_definition, prepared->definition);
    known_definition = prepared->definition;
    definition_at = prepared->definition_at;
    definition_key.clear();
    auto catalog = prepared->catalog;
    decider.prepared(identity, position, std::move(catalog), now());
}

void loop::state::do_action(start_streaming& what) {
    background(start_stream(what, attempt_number));
}

postgres::task<void> loop::state::start_stream(start_streaming how, std::uint64_t attempt) {
    const auto from = how.from;
    auto self = shared_from_this();
    rows.reset();
    result<void> kept;
    if (prepared->slot.temporary) {
        kept = co_await prepared->keep_slot();
    }
    if (attempt != attempt_number || over) {
        co_return;
    }
    if (!kept) {
        decider.connection_failed(std::move(kept.error()), now());
        perform();
        co_return;
    }
    auto stream = co_await prepared->start(from, how.binary, how.streams);
    if (attempt != attempt_number || over) {
        co_return;
    }
    bool other_was_here = false;
    if (stream) {
        other_was_here = co_await superseded(from, attempt);
    }
    if (attempt != attempt_number || over || other_was_here) {
        perform();
        co_return;
    }
    if (!stream) {
        decider.connection_failed(std::move(stream.error()), now());
    } else {
        begin_reading(how, std::move(*stream));
    }
    perform();
}

void loop::state::begin_reading(start_streaming how,
                                std::unique_ptr<postgres::replication_stream> stream) {
    if (state_source != nullptr) {
        state_source->rest();
    }
    seen.server.connected = true;
    source_watched_at = {};
    const std::string& slot = settings.source.slot;
    auto ranges = ranges_behind(how.from);
    if (ranges.empty()) {
        attach(std::move(stream));
        const std::string message = "streaming from " + to_string(how.from);
        log.write({.event = "streaming", .message = message, .slot = slot, .at = how.from});
        set_state(observe::stream_state::streaming, "streaming from slot " + slot);
    } else {
        catch_up_from(std::move(ranges), how.binary, std::move(stream));
        set_state(observe::stream_state::catching_up,
                  "parallel backends decode what slot " + slot + " is behind");
    }
    decider.streaming(now());
}

void loop::state::attach(std::unique_ptr<postgres::replication_stream> stream) {
    source_reader::owner owner;
    owner.begin = [this] { frame_moment = now(); };
    owner.breathe = [this] { breathe(); };
    owner.wants = [this] { return decider.wants(); };
    owner.take = [this](std::string_view frame) { decider.received(frame, frame_moment); };
    owner.take_spooled = [this] { decider.take_spooled(frame_moment); };
    owner.turn_over = [this] { end_turn(); };
    owner.ended = [this](const error& why) { source_ended(why); };
    reader = std::make_unique<source_reader>(io, std::move(stream), std::move(owner), seen.times);
}

void loop::state::source_ended(error why) {
    auto self = shared_from_this();
    decider.connection_failed(std::move(why), now());
    perform();
}

void loop::state::do_action(send_status& what) {
    if (reader == nullptr && catching_up == nullptr) {
        return;
    }
    postgres::standby_status status{what.received, what.acknowledged, what.acknowledged, now().wall,
                                    what.reply_requested};
    auto bytes = postgres::encode_standby_status(status);
    auto& stream = reader != nullptr ? reader->stream() : catching_up->stream();
    stream.send({bytes.data(), bytes.size()});
    ++seen.source.status_updates;
}

void loop::state::do_action(describe& what) {
    control_jobs.add([self = shared_from_this(), question = std::move(what),
                      attempt = attempt_number] { return self->look_up(question, attempt); });
}

postgres::task<void> loop::state::look_up(describe question, std::uint64_t attempt) {
    change::catalog found;
    result<void> done;
    if (attempt == attempt_number && prepared) {
        done = co_await postgres::load_tables(prepared->control, question.tables, found);
    }
    if (done && attempt == attempt_number && prepared) {
        done = co_await postgres::load_types(prepared->control, question.types, found);
    }
    if (attempt != attempt_number || over) {
        co_return;
    }
    if (done) {
        decider.described(std::move(found), now());
    } else {
        decider.connection_failed(std::move(done.error()), now());
    }
    perform();
}

postgres::task<void> loop::state::close_stream(
    std::unique_ptr<postgres::replication_stream> stream) {
    auto self = shared_from_this();
    if (stream != nullptr && !stream->ended()) {
        co_await stream->stop(postgres::orderly_end);
    }
}

}  // namespace walferry::pipeline
