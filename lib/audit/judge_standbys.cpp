#include "lib/audit/judge.hpp"
#include "lib/postgres/sql_text.hpp"

namespace walferry::audit {
namespace {

constexpr int first_version_with_failover_slots = 170000;
constexpr int first_version_with_synchronized_standby_slots = 170000;

// "a, b" as the value of a setting that lists slots.
std::string set_statement(const std::string& slots) {
    return "ALTER SYSTEM SET synchronized_standby_slots = " + postgres::quote_literal(slots);
}

}  // namespace

void judge_standbys(const postgres::server_facts& server, const postgres::slot_facts& slot,
                    const config::source_settings& source, const standby_view& standbys,
                    findings& into) {
    if (!standbys.missing.empty()) {
        into.push_back(found_warning(
            "standby",
            "nothing is published while standbys of source.wait_for_standbys were never seen: " +
                standbys.missing,
            "start them with this application_name in primary_conninfo or as primary_slot_name, "
            "or take them out of source.wait_for_standbys"));
    }
    if (server.version < first_version_with_failover_slots || server.in_recovery || !slot.exists) {
        return;
    }
    if (!source.wait_for_standbys.empty() && !slot.failover) {
        into.push_back(found_warning(
            "slot",
            "slot \"" + slot.name + "\" is not synchronised to standbys: it is lost at failover",
            "on a replication connection, while nobody uses it: ALTER_REPLICATION_SLOT " +
                postgres::quote_identifier(slot.name) + " (FAILOVER)"));
    }
    if (server.version < first_version_with_synchronized_standby_slots || !slot.failover) {
        return;
    }
    const auto& facts = standbys.facts;
    if (server.synchronized_standby_slots.empty() && source.wait_for_standbys.empty()) {
        auto found = found_warning(
            "standby",
            "neither synchronized_standby_slots nor source.wait_for_standbys is set: what a "
            "promoted standby lacks may have been published",
            "ALTER SYSTEM SET synchronized_standby_slots = '<physical slots>'; SELECT "
            "pg_reload_conf()");
        if (!facts.physical_slots.empty()) {
            found.cure.clear();
            found = mended_by(std::move(found),
                              {set_statement(facts.physical_slots), "SELECT pg_reload_conf()"});
        }
        into.push_back(std::move(found));
    }
    if (!facts.lacking.empty()) {
        into.push_back(
            found_warning("standby",
                          "nothing is sent to walferry while nobody streams from these slots of "
                          "synchronized_standby_slots: " +
                              facts.lacking,
                          "start their standbys, or take them out: ALTER SYSTEM SET "
                          "synchronized_standby_slots = ...; SELECT pg_reload_conf()"));
    }
}

}  // namespace walferry::audit
