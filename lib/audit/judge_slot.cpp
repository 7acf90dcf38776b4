#include "lib/audit/judge.hpp"
#include "lib/postgres/setup.hpp"
#include "lib/postgres/sql_text.hpp"

namespace walferry::audit {
namespace {

using postgres::quote_literal;
using postgres::slot_facts;

constexpr std::int64_t mib = 1024 * 1024;
constexpr std::int64_t short_of_wal_bytes = 1024 * mib;
constexpr std::int64_t many_retained_bytes = 10 * 1024 * mib;

std::string in_mib(std::int64_t bytes) {
    return std::to_string(bytes / mib) + " MiB";
}

std::string drop_statement(const slot_facts& slot) {
    return "SELECT pg_drop_replication_slot(" + quote_literal(slot.name) + ")";
}

void judge_missing(const config::source_settings& source, bool publication_comes_first,
                   findings& into) {
    const std::string what = "slot \"" + source.slot + "\" does not exist";
    if (source.create) {
        into.push_back(found_info("slot", what + " and will be created"));
        return;
    }
    auto found = found_error(
        "slot",
        {error_kind::slot_missing, what, "walferry slot create, or set source.create: true", {}});
    const std::string create = create_slot_statement(source.slot);
    into.push_back(publication_comes_first ? mended_safely_by(std::move(found), {create})
                                           : mended_by(std::move(found), {create}));
}

// A second walferry on the slot is the standby of the first.
finding in_use(const slot_facts& slot, const error& defect, bool waits) {
    const std::string statement =
        "SELECT pg_terminate_backend(" + std::to_string(slot.active_pid) + ")";
    return mended_by(
        waits ? found_warning(
                    "slot",
                    defect.message + ": walferry run would wait for it (source.wait_for_slot)",
                    "nothing, if that is this stream's walferry; else " + defect.hint)
              : found_error("slot", defect),
        {statement});
}

finding defect_of(const slot_facts& slot, const error& defect, const config::source_settings& is) {
    if (defect.kind == error_kind::slot_in_use) {
        return in_use(slot, defect, is.wait_for_slot);
    }
    auto found = found_error("slot", defect);
    if (slot.synced) {
        return found;
    }
    std::vector<std::string> statements{drop_statement(slot)};
    if (!is.create) {
        statements.push_back(create_slot_statement(is.slot));
    }
    return mended_by(std::move(found), std::move(statements));
}

void judge_room(const slot_facts& slot, findings& into) {
    if (slot.safe_wal_bytes && *slot.safe_wal_bytes < short_of_wal_bytes) {
        into.push_back(found_warning("slot",
                                     "slot \"" + slot.name + "\" is lost after another " +
                                         in_mib(*slot.safe_wal_bytes) + " of WAL",
                                     "let walferry run catch up; or ALTER SYSTEM SET "
                                     "max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf()"));
    }
    if (slot.retained_bytes > many_retained_bytes) {
        into.push_back(found_warning(
            "slot", "slot \"" + slot.name + "\" is far behind: " + in_mib(slot.retained_bytes),
            "let walferry run catch up; or, to give the changes up: walferry slot drop"));
    }
}

}  // namespace

std::string create_slot_statement(std::string_view slot) {
    return "SELECT pg_create_logical_replication_slot(" + quote_literal(slot) + ", 'pgoutput')";
}

void judge_slot(const slot_facts& slot, const postgres::server_facts& server,
                const config::source_settings& source, bool publication_comes_first,
                findings& into) {
    if (!slot.exists) {
        judge_missing(source, publication_comes_first, into);
        return;
    }
    if (auto defect = postgres::slot_defect(slot, server.database)) {
        into.push_back(defect_of(slot, *defect, source));
        return;
    }
    into.push_back(found_ok("slot", "slot \"" + slot.name + "\" is confirmed up to " +
                                        to_string(slot.confirmed_flush) + ", holds " +
                                        in_mib(slot.retained_bytes) + " of WAL"));
    const bool limit_told = server.slot_wal_keep_mib_max >= 0 &&
                            server.slot_wal_keep_mib_max * mib < short_of_wal_bytes;
    if (!limit_told) {
        judge_room(slot, into);
    }
    if (slot.two_phase) {
        into.push_back(mended_by(
            found_warning("slot",
                          "slot \"" + slot.name +
                              "\" has two_phase set: changes of prepared transactions come "
                              "before their commit",
                          drop_statement(slot) + " and let walferry create one"),
            {drop_statement(slot)}));
    }
}

}  // namespace walferry::audit
