#pragma once

#include "lib/audit/finding.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/creation_rights.hpp"
#include "lib/postgres/facts.hpp"
#include "lib/postgres/publication_choice.hpp"

#include <string_view>
#include <vector>

// What the facts mean for this configuration. Pure; every function adds its findings.
namespace walferry::audit {

using findings = std::vector<finding>;

// Version, wal_level, recovery, a free slot unless ours is there (`slot_exists`), retention limits,
// synchronous replication by our application_name.
void judge_server(const postgres::server_facts& server, const config::source_settings& source,
                  bool slot_exists, findings& into);

// Existing or to be created.
void judge_slot(const postgres::slot_facts& slot, const postgres::server_facts& server,
                const config::source_settings& source, findings& into);

struct publication_view {
    const postgres::publication_facts& publication;
    const std::vector<postgres::candidate_table>& tables;  // of the database
    postgres::publication_wish wish;
    bool slot_exists = false;
    bool may_create = false;             // source.create
    postgres::creation_rights rights{};  // of the role, for a publication that is to be created
};

// What CREATE PUBLICATION with this definition would be refused for. True: nothing.
bool judge_rights(const publication_view& view, const postgres::publication_definition& definition,
                  findings& into);

void judge_publication(const publication_view& view, findings& into);

// Whether synchronous_standby_names would make commits wait for a walsender of this name.
bool is_synchronous_standby(std::string_view synchronous_standby_names, std::string_view name);

}  // namespace walferry::audit
