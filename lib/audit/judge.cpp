#include "lib/audit/judge.hpp"

#include "lib/postgres/server.hpp"
#include "lib/postgres/setup.hpp"
#include "lib/postgres/sql_text.hpp"

#include <algorithm>
#include <cctype>

namespace walferry::audit {
namespace {

using postgres::quote_identifier;
using postgres::server_facts;
using postgres::slot_facts;

constexpr std::int64_t mib = 1024 * 1024;
constexpr std::int64_t short_of_wal_bytes = 1024 * mib;
constexpr std::int64_t many_retained_bytes = 10 * 1024 * mib;

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string in_mib(std::int64_t bytes) {
    return std::to_string(bytes / mib) + " MiB";
}

void judge_retention(const server_facts& server, findings& into) {
    if (server.slot_wal_keep_mib_max >= 0) {
        into.push_back(found_warning(
            "server",
            "max_slot_wal_keep_size is " + std::to_string(server.slot_wal_keep_mib_max) +
                " MB: a slot that falls further behind is lost",
            "ALTER SYSTEM SET max_slot_wal_keep_size = <what the disk can hold>; "
            "SELECT pg_reload_conf()"));
    } else {
        into.push_back(found_info("server",
                                  "max_slot_wal_keep_size is not set: a stopped walferry holds "
                                  "WAL until the disk is full",
                                  "watch walferry_slot_retained_bytes"));
    }
    if (server.idle_slot_timeout_s > 0) {
        into.push_back(found_warning(
            "server",
            "idle_replication_slot_timeout is " + std::to_string(server.idle_slot_timeout_s) +
                " s: a walferry that is down for longer loses its slot",
            "ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf()"));
    }
}

void judge_room(const server_facts& server, bool slot_exists, findings& into) {
    if (!slot_exists && server.slots_used >= server.slots_max) {
        into.push_back(found_error(
            "server", {error_kind::slot_limit,
                       "all " + std::to_string(server.slots_max) + " replication slots are in use",
                       "ALTER SYSTEM SET max_replication_slots = " +
                           std::to_string(server.slots_max + 5) + "; then restart PostgreSQL",
                       {}}));
    }
}

void judge_identities(const postgres::publication_facts& publication, findings& into) {
    std::size_t full = 0;
    for (const auto& table : publication.tables) {
        full += table.identity == 'f' ? 1 : 0;
    }
    if (full > 0) {
        into.push_back(found_info("table", std::to_string(full) +
                                               " published tables have REPLICA IDENTITY FULL: "
                                               "every old row is written to the WAL"));
    }
}

void judge_missing_publication(const publication_view& view, findings& into) {
    const std::string what = "publication \"" + view.wish.name + "\" does not exist";
    if (view.slot_exists || !view.may_create) {
        into.push_back(found_error(
            "publication",
            {error_kind::publication_missing,
             view.slot_exists ? what + ", but the slot does: a publication must be older" : what,
             "CREATE PUBLICATION " + quote_identifier(view.wish.name) +
                 " FOR ...; before the slot is created; or set source.create: true",
             {}}));
        return;
    }
    const auto plan = postgres::plan_publication(view.wish, view.tables);
    if (!plan) {
        into.push_back(found_error("publication", plan.error()));
        return;
    }
    if (!judge_rights(view, plan->definition, into)) {
        return;
    }
    into.push_back(
        found_info("publication", what + " and will be created: " +
                                      postgres::create_publication_statement(plan->definition)));
    for (const auto& remark : plan->remarks) {
        into.push_back(found_warning("publication", remark.text, remark.cure));
    }
}

void judge_unlogged(const publication_view& view, findings& into) {
    for (const auto& candidate : view.tables) {
        const auto& table = candidate.table;
        const bool wanted =
            table.unlogged && view.wish.selects && view.wish.selects(table.schema, table.name);
        if (wanted && !view.wish.patterns.empty()) {
            into.push_back(found_warning(
                "table",
                table.schema + "." + table.name + " is unlogged: PostgreSQL does not publish it",
                "ALTER TABLE " + postgres::quote_table(table.schema, table.name) + " SET LOGGED"));
        }
    }
}

}  // namespace

bool is_synchronous_standby(std::string_view names, std::string_view name) {
    // FIRST 2 (a, "b", *) | ANY 1 (...) | a, b | *; application names compare without case.
    const std::string wanted = lower(name);
    const std::size_t open = names.find('(');
    std::string_view list = open == std::string_view::npos ? names : names.substr(open + 1);
    std::string entry;
    for (char c : std::string{list} + ',') {
        if (c == ',' || c == ')') {
            if (entry == "*" || (!entry.empty() && lower(entry) == wanted)) {
                return true;
            }
            entry.clear();
        } else if (c != ' ' && c != '"' && c != '\t') {
            entry += c;
        }
    }
    return false;
}

void judge_server(const server_facts& server, const config::source_settings& source,
                  bool slot_exists, findings& into) {
    if (auto defect = postgres::server_defect(server)) {
        into.push_back(found_error("server", *defect));
    } else {
        into.push_back(found_ok("server", "PostgreSQL " + server.version_text + ", database " +
                                              server.database + ", wal_level logical" +
                                              (server.in_recovery ? ", a standby" : "")));
    }
    for (const auto& remark : postgres::server_remarks(server)) {
        into.push_back(found_warning("server", remark.text, remark.cure));
    }
    judge_room(server, slot_exists, into);
    judge_retention(server, into);
    if (is_synchronous_standby(server.synchronous_standby_names, source.slot)) {
        into.push_back(found_warning(
            "server",
            "synchronous_standby_names matches \"" + source.slot +
                "\": every commit would wait for walferry and the broker",
            "name the standbys in synchronous_standby_names, without *, or give source.url "
            "another application_name"));
    }
    if (server.encoding == "SQL_ASCII") {
        into.push_back(found_warning("server",
                                     "the database's encoding is SQL_ASCII: text may not be UTF-8",
                                     "dump and restore into a database with ENCODING 'UTF8'"));
    }
}

void judge_slot(const slot_facts& slot, const server_facts& server,
                const config::source_settings& source, findings& into) {
    if (!slot.exists) {
        const std::string what = "slot \"" + source.slot + "\" does not exist";
        if (source.create) {
            into.push_back(found_info("slot", what + " and will be created"));
        } else {
            into.push_back(found_error("slot", {error_kind::slot_missing,
                                                what,
                                                "walferry slot create, or set source.create: true",
                                                {}}));
        }
        return;
    }
    if (auto defect = postgres::slot_defect(slot, server.database)) {
        into.push_back(found_error("slot", *defect));
        return;
    }
    into.push_back(found_ok("slot", "slot \"" + slot.name + "\" is confirmed up to " +
                                        to_string(slot.confirmed_flush) + ", holds " +
                                        in_mib(slot.retained_bytes) + " of WAL"));
    if (slot.safe_wal_bytes && *slot.safe_wal_bytes < short_of_wal_bytes) {
        into.push_back(found_warning("slot",
                                     "slot \"" + slot.name + "\" is lost after another " +
                                         in_mib(*slot.safe_wal_bytes) + " of WAL",
                                     "ALTER SYSTEM SET max_slot_wal_keep_size = <more>; "
                                     "SELECT pg_reload_conf()"));
    }
    if (slot.retained_bytes > many_retained_bytes) {
        into.push_back(found_warning(
            "slot", "slot \"" + slot.name + "\" is far behind: " + in_mib(slot.retained_bytes)));
    }
    if (slot.two_phase) {
        into.push_back(found_warning("slot", "slot \"" + slot.name + "\" has two_phase set",
                                     "drop it and let walferry create one"));
    }
}

void judge_publication(const publication_view& view, findings& into) {
    judge_unlogged(view, into);
    if (!view.publication.exists) {
        judge_missing_publication(view, into);
        return;
    }
    const auto fit = postgres::compare_publication(view.wish, view.publication, view.tables);
    if (fit.defect) {
        into.push_back(found_error("publication", *fit.defect));
    } else {
        into.push_back(found_ok("publication",
                                "publication \"" + view.publication.name + "\" has " +
                                    std::to_string(view.publication.tables.size()) + " tables"));
    }
    for (const auto& remark : fit.remarks) {
        into.push_back(found_warning("publication", remark.text, remark.cure));
    }
    for (const auto& remark : fit.needless) {
        into.push_back(found_info("publication", remark.text, remark.cure));
    }
    judge_identities(view.publication, into);
}

}  // namespace walferry::audit
