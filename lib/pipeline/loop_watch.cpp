// What is asked of PostgreSQL now and then while it streams: the slot's health, and whether the
// publication still is what it was.

#include "lib/pipeline/loop_state.hpp"
#include "lib/postgres/publication.hpp"

namespace walferry::pipeline {
namespace {

constexpr std::chrono::seconds watch_pause{5};

observe::wal_status status_of(const std::string& name) {
    using observe::wal_status;
    for (auto status :
         {wal_status::reserved, wal_status::extended, wal_status::unreserved, wal_status::lost}) {
        if (name == observe::name_of(status)) {
            return status;
        }
    }
    return wal_status::unknown;
}

}  // namespace

void loop::state::watch_source() {
    const auto at = now().steady;
    bool due = !watching && at - source_watched_at >= watch_pause;
    if (!due || !decider.is_streaming()) {
        return;
    }
    watching = true;
    source_watched_at = at;
    control_jobs.add([self = shared_from_this(), attempt = attempt_number] {
        return self->look_after_source(attempt);
    });
}

void loop::state::beat_source() {
    const auto pause = settings.source.heartbeat;
    const auto at = now().steady;
    if (pause.count() == 0 || at - heartbeat_at < pause || !decider.is_streaming()) {
        return;
    }
    heartbeat_at = at;
    control_jobs.add([self = shared_from_this(), attempt = attempt_number] {
        return self->write_heartbeat(attempt);
    });
}

postgres::task<void> loop::state::write_heartbeat(std::uint64_t attempt) {
    auto self = shared_from_this();
    if (attempt != attempt_number || over || !prepared) {
        co_return;
    }
    auto control = prepared->control.share();
    std::string sql = "SELECT pg_logical_emit_message(false, '";
    sql += heartbeat_prefix;
    sql += "', now()::text)";
    auto written = co_await control.query(std::move(sql));
    if (attempt == attempt_number && !over && !written) {
        const auto& why = written.error();
        report note{
            report::severity::warning, "heartbeat_failed", why.message, why.hint, {}, why.kind};
        do_action(note);
    }
}

postgres::task<void> loop::state::look_after_source(std::uint64_t attempt) {
    auto self = shared_from_this();
    if (attempt != attempt_number || over || !prepared) {
        co_return;
    }
    std::string slot = settings.source.slot;
    auto control = prepared->control.share();
    auto health = co_await postgres::read_slot_health(control, std::move(slot));
    if (attempt != attempt_number || over) {
        co_return;
    }
    if (!health) {
        watching = false;
        decider.connection_failed(std::move(health.error()), now());
        perform();
        co_return;
    }
    take_health(*health);
    auto compared = co_await compare_publication(health->wal_position, attempt);
    if (attempt != attempt_number || over) {
        co_return;
    }
    watching = false;
    if (!compared) {
        decider.connection_failed(std::move(compared.error()), now());
    }
    perform();
}

void loop::state::take_health(const postgres::slot_health& health) {
    auto& slot = seen.slot;
    slot.active = health.active;
    slot.confirmed_flush = health.confirmed_flush;
    slot.restart = health.restart;
    slot.status = status_of(health.wal_status);
    slot.retained_bytes = static_cast<std::uint64_t>(health.retained_bytes);
    slot.safe_bytes = health.safe_wal_bytes;
    slot.spilled_bytes = static_cast<std::uint64_t>(health.spilled_bytes);
    slot.streamed_bytes = static_cast<std::uint64_t>(health.streamed_bytes);
    server_end = health.wal_position;
    health_at = now().steady;
}

// Errors are of the connection. `at` was the end of the WAL before the question.
postgres::task<result<void>> loop::state::compare_publication(lsn at, std::uint64_t attempt) {
    auto self = shared_from_this();
    auto control = prepared->control.share();
    std::string name = settings.source.publication;
    auto definition = co_await postgres::read_definition(control, name);
    if (!definition) {
        co_return tl::unexpected(std::move(definition.error()));
    }
    // One that is gone is told by the stream, at the first change that misses it.
    if (attempt != attempt_number || over || definition->empty()) {
        co_return result<void>{};
    }
    if (*definition == known_definition) {
        definition_at = at;
        co_return result<void>{};
    }
    auto found = co_await postgres::read_publication(control, std::move(name));
    if (!found) {
        co_return tl::unexpected(std::move(found.error()));
    }
    auto tables = co_await postgres::list_tables(control);
    if (!tables) {
        co_return tl::unexpected(std::move(tables.error()));
    }
    if (attempt == attempt_number && !over) {
        judge_publication(std::move(*definition), *found, *tables, at);
    }
    co_return result<void>{};
}

void loop::state::judge_publication(std::string definition,
                                    const postgres::publication_facts& found,
                                    const std::vector<postgres::candidate_table>& tables, lsn at) {
    auto before = postgres::parse_definition(known_definition);
    auto is = postgres::parse_definition(definition);
    if (!before || !is) {
        decider.fail(std::move(before ? is.error() : before.error()));
        return;
    }
    const auto request = prepare_request();
    const auto change = postgres::compare_definitions(
        *before, *is, found, postgres::wish_of(request, prepared->server), tables);
    auto defect = postgres::definition_defect(request, change, at);
    if (!defect) {
        snapshot_additions(known_definition, definition);
        known_definition = std::move(definition);
        definition_at = at;
        definition_key.clear();
    } else if (!change.losses.empty()) {
        decider.fail(std::move(*defect));
    } else if (told_definition != definition) {
        // It does no harm now; the next start asks whether it is meant.
        told_definition = std::move(definition);
        report note{report::severity::warning,
                    "publication_changed",
                    defect->message,
                    defect->hint,
                    at,
                    defect->kind};
        do_action(note);
    }
}

}  // namespace walferry::pipeline
