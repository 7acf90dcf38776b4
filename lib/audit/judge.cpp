#include "lib/audit/judge.hpp"

#include "lib/postgres/server.hpp"
#include "lib/postgres/sql_text.hpp"

#include <algorithm>
#include <cctype>

namespace walferry::audit {
namespace {

using postgres::server_facts;

constexpr std::int64_t short_limit_mib = 1024;
constexpr std::int64_t short_timeout_ms = 5'000;
constexpr std::int64_t more_slots = 5;

const std::string reload = "SELECT pg_reload_conf()";

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

void judge_retention(const server_facts& server, findings& into) {
    const auto limit = server.slot_wal_keep_mib_max;
    const std::string told = "max_slot_wal_keep_size is " + std::to_string(limit) + " MB";
    if (limit >= short_limit_mib) {
        into.push_back(found_info("server", told + ": a slot that falls further behind is lost"));
    } else if (limit >= 0) {
        into.push_back(mended_by(
            found_warning("server", told + ": a slot that falls further behind is lost, which a "
                                           "short stop may bring about"),
            {"ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'", reload}));
    } else {
        into.push_back(found_info("server",
                                  "max_slot_wal_keep_size is not set: a stopped walferry holds "
                                  "WAL until the disk is full",
                                  "watch walferry_slot_retained_wal_bytes"));
    }
    if (server.idle_slot_timeout_s > 0) {
        into.push_back(mended_by(
            found_warning("server", "idle_replication_slot_timeout is " +
                                        std::to_string(server.idle_slot_timeout_s) +
                                        " s: a walferry that is down for longer loses its slot"),
            {"ALTER SYSTEM SET idle_replication_slot_timeout = 0", reload}));
    }
}

void judge_timeout(const server_facts& server, findings& into) {
    const auto timeout = server.wal_sender_timeout_ms;
    if (timeout >= short_timeout_ms) {
        return;
    }
    const std::string what =
        timeout == 0 ? "wal_sender_timeout is off: when walferry's machine vanishes, its slot "
                       "stays in use and no other walferry can take over"
                     : "wal_sender_timeout is " + std::to_string(timeout) +
                           " ms: a short pause of the network ends the stream";
    into.push_back(mended_by(found_warning("server", what),
                             {"ALTER SYSTEM SET wal_sender_timeout = '60s'", reload}));
}

void judge_room(const server_facts& server, bool slot_exists, findings& into) {
    if (!slot_exists && server.slots_used >= server.slots_max) {
        const std::string statement = "ALTER SYSTEM SET max_replication_slots = " +
                                      std::to_string(server.slots_max + more_slots);
        into.push_back(mended_by(found_error("server", {error_kind::slot_limit,
                                                        "all " + std::to_string(server.slots_max) +
                                                            " replication slots are in use",
                                                        statement + "; then restart PostgreSQL",
                                                        {}}),
                                 {statement}));
    }
}

// Empty: nobody is left.
std::string without(std::string_view names, const std::string& name) {
    std::string kept;
    std::string_view rest = names;
    while (!rest.empty()) {
        const auto comma = rest.find(", ");
        const auto one = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 2);
        if (lower(one) != lower(name)) {
            kept += (kept.empty() ? "" : ", ") + ('"' + std::string{one} + '"');
        }
    }
    return kept;
}

void judge_synchronous(const server_facts& server, const config::source_settings& source,
                       const std::string& standbys, findings& into) {
    if (!is_synchronous_standby(server.synchronous_standby_names, source.slot)) {
        return;
    }
    into.push_back(mended_by(
        found_warning("server",
                      "synchronous_standby_names matches \"" + source.slot +
                          "\": every commit would wait for walferry and the broker",
                      "name the standbys in synchronous_standby_names, without * (connected: " +
                          (standbys.empty() ? "none" : standbys) +
                          "), or give source.url another application_name"),
        {"ALTER SYSTEM SET synchronous_standby_names = " +
             postgres::quote_literal(without(standbys, source.slot)),
         reload}));
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
                  const server_surroundings& around, findings& into) {
    if (auto defect = postgres::server_defect(server)) {
        auto found = found_error("server", *defect);
        if (defect->kind == error_kind::wal_level_too_low) {
            found = mended_by(std::move(found), {"ALTER SYSTEM SET wal_level = logical"});
        }
        into.push_back(std::move(found));
    } else {
        into.push_back(found_ok("server", "PostgreSQL " + server.version_text + ", database " +
                                              server.database + ", wal_level logical" +
                                              (server.in_recovery ? ", a standby" : "")));
    }
    for (const auto& remark : postgres::server_remarks(server)) {
        into.push_back(found_warning("server", remark.text, remark.cure));
    }
    judge_room(server, around.slot_exists, into);
    judge_retention(server, into);
    judge_timeout(server, into);
    judge_synchronous(server, source, around.standbys, into);
    if (server.encoding == "SQL_ASCII") {
        into.push_back(found_warning("server",
                                     "the database's encoding is SQL_ASCII: text may not be UTF-8",
                                     "dump and restore into a database with ENCODING 'UTF8'"));
    }
}

finding refused_replication(const error& why, const server_facts& server) {
    if (why.kind == error_kind::too_many_connections && why.sqlstate == "53300") {
        const std::string statement = "ALTER SYSTEM SET max_wal_senders = " +
                                      std::to_string(server.walsenders_max + more_slots);
        error exact = why;
        exact.message = std::to_string(server.walsenders_used) + " of " +
                        std::to_string(server.walsenders_max) +
                        " walsenders (max_wal_senders) are in use: " + why.message;
        exact.hint = statement + "; then restart PostgreSQL";
        return mended_by(found_error("server", exact), {statement});
    }
    auto found = found_error("role", why);
    if (why.kind == error_kind::privilege_missing) {
        return mended_by(
            std::move(found),
            {"ALTER ROLE " + postgres::quote_identifier(server.user) + " REPLICATION"});
    }
    return found;
}

}  // namespace walferry::audit
