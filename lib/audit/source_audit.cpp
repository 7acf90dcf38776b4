#include "lib/audit/source_audit.hpp"

#include "lib/audit/judge.hpp"
#include "lib/postgres/catalog_queries.hpp"
#include "lib/postgres/publication.hpp"
#include "lib/postgres/server.hpp"
#include "lib/postgres/slot.hpp"

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

// Whether the role may replicate is found out by trying: rolreplication is false on RDS.
task<void> try_replication(boost::asio::io_context& io, const config::source_settings& source,
                           postgres::server_facts& server, findings& into) {
    auto replication = co_await open_session(io, source, postgres::session_kind::replication);
    if (!replication) {
        into.push_back(found_error("role", replication.error()));
        co_return;
    }
    auto identified = co_await postgres::identify_system(*replication, server);
    if (!identified) {
        into.push_back(found_error("role", identified.error()));
        co_return;
    }
    into.push_back(found_ok("role", server.user + " may replicate, system " + server.system_id +
                                        ", timeline " + std::to_string(server.timeline)));
}

// Of a publication that is yet to be made: what it would have.
std::vector<postgres::published_table> published_tables(const publication_view& view) {
    if (view.publication.exists) {
        return view.publication.tables;
    }
    std::vector<postgres::published_table> tables;
    for (const auto& candidate : view.tables) {
        if (!candidate.table.unlogged) {
            tables.push_back(candidate.table);
        }
    }
    return tables;
}

task<void> try_tables(connection& control, std::vector<postgres::published_table> tables,
                      const table_trial& unfit, findings& into) {
    std::vector<std::uint32_t> ids;
    ids.reserve(tables.size());
    for (const auto& table : tables) {
        ids.push_back(table.id);
    }
    change::catalog today;
    auto described = co_await postgres::load_tables(control, std::move(ids), today);
    if (!described) {
        into.push_back(found_error("table", described.error()));
        co_return;
    }
    for (const auto& why : unfit(tables, today)) {
        into.push_back(found_error("table", why));
    }
}

task<void> look_at_publication(connection& control, const config::source_settings& source,
                               const postgres::server_facts& server, bool slot_exists,
                               postgres::table_filter selects, const table_trial& unfit,
                               findings& into) {
    auto publication = co_await postgres::read_publication(control, source.publication);
    if (!publication) {
        into.push_back(found_error("publication", publication.error()));
        co_return;
    }
    auto tables = co_await postgres::list_tables(control);
    if (!tables) {
        into.push_back(found_error("table", tables.error()));
        co_return;
    }
    auto rights = co_await postgres::read_creation_rights(control);
    if (!rights) {
        into.push_back(found_error("role", rights.error()));
        co_return;
    }
    postgres::publication_wish wish;
    wish.name = source.publication;
    wish.patterns = source.tables;
    wish.selects = std::move(selects);
    wish.via_partition_root = source.publish_via_partition_root;
    wish.superuser = server.superuser;
    const publication_view view{*publication, *tables,       std::move(wish),
                                slot_exists,  source.create, std::move(*rights)};
    judge_publication(view, into);
    auto published = published_tables(view);
    co_await try_tables(control, std::move(published), unfit, into);
}

}  // namespace

task<std::vector<finding>> audit_source(boost::asio::io_context& io, config::source_settings source,
                                        postgres::table_filter selects, table_trial unfit) {
    findings all;
    auto control = co_await open_session(io, source, postgres::session_kind::ordinary);
    if (!control) {
        all.push_back(found_error("connection", control.error()));
        co_return all;
    }
    all.push_back(found_ok("connection", "connected to " + control->host()));
    auto server = co_await postgres::read_server_facts(*control);
    if (!server) {
        all.push_back(found_error("server", server.error()));
        co_return all;
    }
    co_await try_replication(io, source, *server, all);
    auto slot = co_await postgres::read_slot(*control, source.slot);
    if (!slot) {
        all.push_back(found_error("slot", slot.error()));
        co_return all;
    }
    judge_server(*server, source, slot->exists, all);
    judge_slot(*slot, *server, source, all);
    co_await look_at_publication(*control, source, *server, slot->exists, std::move(selects), unfit,
                                 all);
    co_return all;
}

}  // namespace walferry::audit
