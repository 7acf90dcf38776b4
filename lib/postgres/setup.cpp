#include "lib/postgres/setup.hpp"

#include "lib/postgres/catalog_queries.hpp"
#include "lib/postgres/commands.hpp"
#include "lib/postgres/connection_state.hpp"
#include "lib/postgres/publication.hpp"
#include "lib/postgres/server.hpp"
#include "lib/postgres/slot.hpp"
#include "lib/postgres/slot_care.hpp"
#include "lib/postgres/sql_text.hpp"
#include "lib/postgres/timeline_history.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::postgres {
namespace {

constexpr std::chrono::milliseconds start_timeout{60'000};

using unexpected = tl::unexpected<error>;

// A publication is looked up as it was at the point of the WAL that is decoded: one that is younger
// than the slot stops every decoding before it, or on 18 loses changes.
error missing_publication(const std::string& name, const server_facts& server,
                          const slot_facts& slot, bool streamed) {
    if (auto defect = slot_defect(slot, server.database)) {
        return *std::move(defect);
    }
    const std::string create = "CREATE PUBLICATION " + quote_identifier(name) + " FOR ...";
    if (!slot.exists) {
        return {error_kind::publication_missing,
                "publication \"" + name + "\" does not exist",
                create + ", or set source.create: true",
                {}};
    }
    return {streamed ? error_kind::publication_lost : error_kind::publication_missing,
            "publication \"" + name + "\" does not exist, but the slot \"" + slot.name +
                "\" does: a publication must be older than its slot",
            "SELECT pg_drop_replication_slot(" + quote_literal(slot.name) + "); then " + create +
                " and start again with a new slot and snapshot; or correct source.publication",
            {}};
}

void append(std::vector<remark>& to, std::vector<remark> more) {
    for (auto& one : more) {
        to.push_back(std::move(one));
    }
}

// The position is asked for before: what commits up to it was published by this definition.
task<result<void>> compare_with_memory(prepared_stream& made, const prepare_request& request,
                                       const std::vector<candidate_table>& tables) {
    made.definition_at = made.server.wal_position;
    auto definition = co_await read_definition(made.control, request.source.publication);
    if (!definition) {
        co_return unexpected(std::move(definition.error()));
    }
    made.definition = std::move(*definition);
    if (request.definition.empty() || request.definition == made.definition) {
        co_return result<void>{};
    }
    auto before = parse_definition(request.definition);
    auto now = parse_definition(made.definition);
    if (!before || !now) {
        co_return unexpected(before ? std::move(now.error()) : std::move(before.error()));
    }
    auto change =
        compare_definitions(*before, *now, made.publication, wish_of(request, made.server), tables);
    auto defect = definition_defect(request, change, made.server.wal_position);
    if (defect && !request.accept_change) {
        co_return unexpected(*std::move(defect));
    }
    if (!change.losses.empty()) {
        made.accepted_change = std::move(defect);
        made.accepted_tables = std::move(change.tables);
    }
    co_return result<void>{};
}

// Finds or makes the publication and compares it with the configuration.
task<result<void>> settle_publication(prepared_stream& made, const prepare_request& request) {
    auto found = co_await read_publication(made.control, request.source.publication);
    if (!found) {
        co_return unexpected(std::move(found.error()));
    }
    auto tables = co_await list_tables(made.control);
    if (!tables) {
        co_return unexpected(std::move(tables.error()));
    }
    const publication_wish wish = wish_of(request, made.server);
    if (!found->exists) {
        if (request.create == creation::forbidden || made.slot.exists) {
            co_return unexpected(missing_publication(wish.name, made.server, made.slot,
                                                     !request.definition.empty()));
        }
        auto plan = plan_publication(wish, *tables);
        if (!plan) {
            co_return unexpected(std::move(plan.error()));
        }
        append(made.remarks, std::move(plan->remarks));
        auto done = co_await create_publication(made.control, std::move(plan->definition),
                                                request.source.startup_timeout);
        if (!done) {
            co_return done;
        }
        found = co_await read_publication(made.control, wish.name);
        if (!found) {
            co_return unexpected(std::move(found.error()));
        }
        found->created_now = true;
    }
    made.publication = std::move(*found);
    publication_fit fit = compare_publication(wish, made.publication, *tables);
    if (fit.defect) {
        co_return unexpected(*std::move(fit.defect));
    }
    append(made.remarks, std::move(fit.remarks));
    auto compared = co_await compare_with_memory(made, request, *tables);
    co_return compared;
}

constexpr int first_version_with_failover_slots = 170000;

// Whoever waits for standbys means to go on at one of them.
bool wants_failover(const prepared_stream& made, const prepare_request& request) {
    return !request.source.wait_for_standbys.empty() && !request.temporary_slot &&
           made.server.version >= first_version_with_failover_slots && !made.server.in_recovery;
}

task<result<void>> settle_slot(prepared_stream& made, connection& replication,
                               const prepare_request& request) {
    if (made.slot.exists && made.slot.lost() && request.replaces_lost &&
        made.slot.plugin == "pgoutput" && made.slot.database == made.server.database) {
        auto dropped = co_await drop_slot(made.control, made.slot.name);
        if (!dropped) {
            co_return dropped;
        }
        made.remarks.push_back(
            {"slot \"" + made.slot.name + "\" was lost; a new one takes its place", {}});
        made.slot.exists = false;
    }
    const bool may_create = request.temporary_slot || request.create == creation::allowed;
    if (made.slot.exists && !made.slot.failover && wants_failover(made, request)) {
        made.remarks.push_back(
            {"slot \"" + made.slot.name +
                 "\" is not synchronised to standbys: it is lost at failover",
             "on a replication connection, while nobody uses it: ALTER_REPLICATION_SLOT " +
                 quote_identifier(made.slot.name) + " (FAILOVER)"});
    }
    if (made.slot.exists || !may_create) {
        co_return result<void>{};
    }
    slot_request wanted;
    const bool passing = !request.snapshot_slot.empty();
    wanted.failover = !passing && wants_failover(made, request);
    wanted.name = passing ? request.snapshot_slot : request.source.slot;
    wanted.export_snapshot = request.snapshot == snapshot_export::exported;
    wanted.temporary = request.temporary_slot || passing;
    wanted.patience = request.source.startup_timeout;
    auto slot = co_await create_slot(made.control, replication, std::move(wanted));
    if (!slot) {
        co_return unexpected(std::move(slot.error()));
    }
    made.slot = std::move(*slot);
    co_return result<void>{};
}

task<result<void>> describe_tables(prepared_stream& made) {
    std::vector<std::uint32_t> ids;
    for (const auto& table : made.publication.tables) {
        ids.push_back(table.id);
    }
    auto done = co_await load_tables(made.control, std::move(ids), made.catalog);
    co_return done;
}

// A slot holds WAL from when it is made: what cannot be streamed gets none.
task<result<void>> try_tables(prepared_stream& made, const prepare_request& request) {
    if (!request.refuses_tables) {
        co_return result<void>{};
    }
    auto done = co_await describe_tables(made);
    if (!done) {
        co_return done;
    }
    if (auto refusal = request.refuses_tables(made.publication, made.catalog)) {
        co_return unexpected(*std::move(refusal));
    }
    co_return result<void>{};
}

}  // namespace

publication_wish wish_of(const prepare_request& request, const server_facts& server) {
    publication_wish wish;
    wish.name = request.source.publication;
    wish.patterns = request.source.tables;
    wish.selects = request.selects;
    wish.via_partition_root = request.source.publish_via_partition_root;
    wish.superuser = server.superuser;
    wish.skips = request.skips;
    return wish;
}

prepared_stream::prepared_stream(connection control_session, connection replication_session,
                                 config::source_settings settings)
    : control(std::move(control_session)),
      replication_(std::move(replication_session)),
      source_(std::move(settings)) {}

task<result<prepared_stream>> prepare(session_pair sessions, prepare_request request) {
    auto server = co_await read_server_facts(sessions.control);
    if (!server) {
        co_return unexpected(std::move(server.error()));
    }
    if (auto defect = server_defect(*server)) {
        co_return unexpected(*std::move(defect));
    }
    auto identified = co_await identify_system(sessions.replication, *server);
    if (!identified) {
        co_return unexpected(std::move(identified.error()));
    }
    if (auto refusal = request.refuses ? request.refuses(*server) : std::nullopt) {
        co_return unexpected(*std::move(refusal));
    }
    auto slot = co_await read_slot(sessions.control, request.source.slot);
    if (!slot) {
        co_return unexpected(std::move(slot.error()));
    }
    prepared_stream made{std::move(sessions.control), std::move(sessions.replication),
                         request.source};
    made.server = std::move(*server);
    made.slot = std::move(*slot);
    made.remarks = server_remarks(made.server);
    auto done = co_await settle_publication(made, request);
    if (done) {
        done = co_await try_tables(made, request);
    }
    if (done) {
        done = co_await settle_slot(made, made.replication_session(), request);
    }
    // A slot made meanwhile begins behind what was described before.
    if (done && (made.slot.created_now || !request.refuses_tables)) {
        done = co_await describe_tables(made);
    }
    if (!done) {
        co_return unexpected(std::move(done.error()));
    }
    co_return made;
}

task<result<std::vector<timeline_end>>> prepared_stream::earlier_timelines() {
    if (server.timeline <= 1) {
        co_return std::vector<timeline_end>{};  // the first timeline has no history
    }
    auto command = "TIMELINE_HISTORY " + std::to_string(server.timeline);
    auto answer = co_await replication_.query(std::move(command));
    if (!answer) {
        co_return unexpected(std::move(answer.error()));
    }
    co_return parse_timeline_history(answer->text(0, 1));
}

task<result<void>> prepared_stream::keep_slot() {
    std::string temporary = slot.name;
    std::string permanent = source_.slot;
    auto done = co_await postgres::keep_slot(control, replication_, std::move(temporary),
                                             std::move(permanent));
    if (done) {
        slot.name = source_.slot;
        slot.temporary = false;
    }
    co_return done;
}

task<result<std::unique_ptr<replication_stream>>> prepared_stream::start(lsn from, bool binary,
                                                                         bool streams) {
    start_options options;
    options.slot = source_.slot;
    options.publication = source_.publication;
    options.from = from;
    options.server_version = server.version;
    options.binary = binary;
    options.streaming = streams ? source_.streaming : config::streaming_mode::off;
    subject about;
    about.slot = source_.slot;
    about.publication = source_.publication;
    about.database = server.database;
    about.role = server.user;
    const time_point deadline = std::chrono::steady_clock::now() + start_timeout;
    // Held here: the owner may let go of this object while the server answers.
    const auto session = replication_.session();
    auto stream_session = std::move(replication_);
    auto answer = co_await session->execute(start_replication_command(options), deadline,
                                            phase::start, about);
    if (!answer) {
        co_return unexpected(std::move(answer.error()));
    }
    if (PQresultStatus(answer->get()) != PGRES_COPY_BOTH) {
        co_return fail(error_kind::protocol_violation,
                       "PostgreSQL answered START_REPLICATION without a stream");
    }
    co_return std::make_unique<replication_stream>(std::move(stream_session), std::move(about));
}

task<result<std::unique_ptr<replication_stream>>> prepared_stream::start(lsn from) {
    return start(from, source_.binary, true);
}

}  // namespace walferry::postgres
