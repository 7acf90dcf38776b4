#include "lib/audit/source_audit.hpp"

#include "lib/audit/judge.hpp"
#include "lib/postgres/catalog_queries.hpp"
#include "lib/postgres/publication.hpp"
#include "lib/postgres/server.hpp"
#include "lib/postgres/slot.hpp"
#include "lib/postgres/slot_monitor.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::audit {
namespace {

using postgres::connection;
using postgres::task;

task<result<connection>> open_session(boost::asio::io_context& io,
                                      const config::source_settings& source,
                                      postgres::session_kind kind) {
    postgres::connect_request request;
    request.url = source.url;
    request.application_name = source.slot;
    request.kind = kind;
    request.timeout = source.connect_timeout;
    auto opened = co_await connection::open(io, std::move(request));
    co_return opened;
}

// Everything that one look needs; lives as long as it.
struct look {
    boost::asio::io_context& io;
    source_audit_request request;
    connection control{};
    postgres::server_facts server{};
    postgres::slot_facts slot{};
    postgres::publication_facts publication{};
    std::vector<postgres::candidate_table> tables{};
    standby_view standbys{};
    findings all{};

    template <typename value>
    bool took(result<value> answer, const char* area, value& into) {
        if (answer) {
            into = std::move(*answer);
            return true;
        }
        all.push_back(found_error(area, answer.error()));
        return false;
    }

    task<void> run();
    task<void> try_replication();
    task<void> look_at_standbys();
    task<bool> look_at_publication();
    task<void> look_at_tables();
    postgres::publication_wish wish() const;
    std::vector<postgres::published_table> published() const;
};

// Whether the role may replicate is found out by trying: rolreplication is false on RDS.
task<void> look::try_replication() {
    auto replication =
        co_await open_session(io, request.source, postgres::session_kind::replication);
    if (!replication) {
        all.push_back(refused_replication(replication.error(), server));
        co_return;
    }
    auto identified = co_await postgres::identify_system(*replication, server);
    if (!identified) {
        all.push_back(found_error("role", identified.error()));
        co_return;
    }
    all.push_back(found_ok("role", server.user + " may replicate, system " + server.system_id +
                                       ", timeline " + std::to_string(server.timeline)));
}

task<void> look::look_at_standbys() {
    auto facts = co_await postgres::read_standby_facts(control);
    took(std::move(facts), "standby", standbys.facts);
    if (request.source.wait_for_standbys.empty()) {
        co_return;
    }
    auto names = request.source.wait_for_standbys;
    auto progress = co_await postgres::read_standbys(control, std::move(names));
    if (progress) {
        standbys.missing = progress->missing;
    } else if (progress.error().kind == error_kind::privilege_missing) {
        const std::string grant = progress.error().hint;
        all.push_back(mended_by(found_error("role", progress.error()), {grant}));
    } else {
        all.push_back(found_error("standby", progress.error()));
    }
}

postgres::publication_wish look::wish() const {
    postgres::publication_wish made;
    made.name = request.source.publication;
    made.patterns = request.source.tables;
    made.selects = request.selects;
    made.via_partition_root = request.source.publish_via_partition_root;
    made.superuser = server.superuser;
    made.skips = request.skips;
    return made;
}

// Of a publication that is yet to be made: what it would have.
std::vector<postgres::published_table> look::published() const {
    if (publication.exists) {
        return publication.tables;
    }
    std::vector<postgres::published_table> found;
    for (const auto& candidate : tables) {
        const auto& table = candidate.table;
        if (!table.unlogged && (!request.selects || request.selects(table.schema, table.name))) {
            found.push_back(table);
        }
    }
    return found;
}

// False: it could not be looked at.
task<bool> look::look_at_publication() {
    auto found = co_await postgres::read_publication(control, request.source.publication);
    if (!took(std::move(found), "publication", publication)) {
        co_return false;
    }
    auto listed = co_await postgres::list_tables(control);
    if (!took(std::move(listed), "table", tables)) {
        co_return false;
    }
    auto rights = co_await postgres::read_creation_rights(control);
    if (!rights) {
        all.push_back(found_error("role", rights.error()));
        co_return false;
    }
    const publication_view view{publication,         tables,      wish(),
                                request.source.slot, slot.exists, request.source.create,
                                std::move(*rights)};
    judge_publication(view, all);
    co_return true;
}

task<void> look::look_at_tables() {
    const auto which = published();
    std::vector<std::uint32_t> ids;
    ids.reserve(which.size());
    for (const auto& table : which) {
        ids.push_back(table.id);
    }
    auto facts_ids = ids;
    auto facts = co_await postgres::read_table_facts(control, request.source.publication,
                                                     std::move(facts_ids));
    std::vector<postgres::table_facts> known;
    if (took(std::move(facts), "table", known)) {
        judge_tables(
            {known, wish(), publication.all_tables, slot.exists, server.user, request.snapshot},
            all);
    }
    change::catalog today;
    auto described = co_await postgres::load_tables(control, std::move(ids), today);
    if (!described) {
        all.push_back(found_error("table", described.error()));
        co_return;
    }
    for (const auto& why : request.unfit(which, today)) {
        all.push_back(found_error("table", why));
    }
}

task<void> look::run() {
    auto opened = co_await open_session(io, request.source, postgres::session_kind::ordinary);
    if (!took(std::move(opened), "connection", control)) {
        co_return;
    }
    all.push_back(found_ok("connection", "connected to " + control.host()));
    auto facts = co_await postgres::read_server_facts(control);
    if (!took(std::move(facts), "server", server)) {
        co_return;
    }
    co_await try_replication();
    auto found = co_await postgres::read_slot(control, request.source.slot);
    if (!took(std::move(found), "slot", slot)) {
        co_return;
    }
    co_await look_at_standbys();
    judge_server(server, request.source, {slot.exists, standbys.facts.streaming}, all);
    const auto before = all.size();
    const bool looked = co_await look_at_publication();
    // What mends the publication safely is executed before the slot is made.
    const bool ready = publication.exists || (all.size() > before && all.back().safe);
    if (looked) {
        co_await look_at_tables();
    }
    judge_slot(slot, server, request.source, ready, all);
    judge_standbys(server, slot, request.source, standbys, all);
}

}  // namespace

task<std::vector<finding>> audit_source(boost::asio::io_context& io, source_audit_request request) {
    look one{io, std::move(request)};
    co_await one.run();
    co_return std::move(one.all);
}

}  // namespace walferry::audit
