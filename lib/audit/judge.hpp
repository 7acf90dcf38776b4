#pragma once

#include "lib/audit/finding.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/creation_rights.hpp"
#include "lib/postgres/facts.hpp"
#include "lib/postgres/publication_choice.hpp"
#include "lib/postgres/table_facts.hpp"
#include "lib/publish/broker_probe.hpp"

#include <string>
#include <string_view>
#include <vector>

// What the facts mean for this configuration. Pure; every function adds its findings.
namespace walferry::audit {

using findings = std::vector<finding>;

struct server_surroundings {
    bool slot_exists = false;  // ours; else one more must be free
    std::string standbys;      // that stream now, "a, b"
};

// Version, wal_level, recovery, a free slot, retention limits, timeouts, synchronous replication by
// our application_name.
void judge_server(const postgres::server_facts& server, const config::source_settings& source,
                  const server_surroundings& around, findings& into);

// Why a replication connection could not be had or used.
finding refused_replication(const error& why, const postgres::server_facts& server);

// Existing or to be created. `publication_comes_first`: it is there or is mended safely before.
void judge_slot(const postgres::slot_facts& slot, const postgres::server_facts& server,
                const config::source_settings& source, bool publication_comes_first,
                findings& into);

// On an ordinary connection; it waits for the transactions that are open.
std::string create_slot_statement(std::string_view slot);

struct publication_view {
    const postgres::publication_facts& publication;
    const std::vector<postgres::candidate_table>& tables;  // of the database
    postgres::publication_wish wish;
    std::string slot{};
    bool slot_exists = false;
    bool may_create = false;             // source.create
    postgres::creation_rights rights{};  // of the role, for a publication that is to be created
};

// What CREATE PUBLICATION with this definition would be refused for. True: nothing.
bool judge_rights(const publication_view& view, const postgres::publication_definition& definition,
                  findings& into);

void judge_publication(const publication_view& view, findings& into);

// Of the tables that are published, or would be: what is sent and not selected, what is left out,
// what a snapshot could not read, what updates leave unsaid.
struct table_view {
    const std::vector<postgres::table_facts>& tables;
    postgres::publication_wish wish;
    bool all_tables = false;  // the publication is FOR ALL TABLES
    bool slot_exists = false;
    std::string role;
    config::snapshot_mode snapshot = config::snapshot_mode::never;
};

void judge_tables(const table_view& view, findings& into);

struct standby_view {
    postgres::standby_facts facts;
    std::string missing;  // of source.wait_for_standbys, never seen
};

void judge_standbys(const postgres::server_facts& server, const postgres::slot_facts& slot,
                    const config::source_settings& source, const standby_view& standbys,
                    findings& into);

// Whether synchronous_standby_names would make commits wait for a walsender of this name.
bool is_synchronous_standby(std::string_view synchronous_standby_names, std::string_view name);

// What the brokers said of the topics that are or will be written to.
struct broker_view {
    const publish::broker_look& look;
    std::vector<std::string> keyless;  // topics of records without a key
};

void judge_brokers(const broker_view& view, const config::settings& settings, findings& into);

}  // namespace walferry::audit
