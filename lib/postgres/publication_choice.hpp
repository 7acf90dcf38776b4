#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/commands.hpp"
#include "lib/postgres/facts.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

// Which tables a publication should have, and whether one that exists fits the configuration. Pure.
namespace walferry::postgres {

// A table of the database that could be published.
struct candidate_table {
    published_table table;
    std::uint32_t parent = 0;  // the partitioned table that it is a partition of
    bool ours = true;          // we may publish it: its owner's role is ours
};

struct publication_wish {
    std::string name;
    std::vector<std::string> patterns;                                // source.tables
    std::function<bool(std::string_view, std::string_view)> selects;  // empty: every table
    bool via_partition_root = false;
    bool superuser = false;
    std::vector<std::string> skips{};  // events.skip: of c u d t
};

struct publication_plan {
    publication_definition definition;
    std::vector<remark> remarks;
};

// With patterns: what they select, refusing when one of those tables has no replica identity (kind
// table_unfit), because publishing it would make the application's UPDATE and DELETE fail; nothing
// is left out in silence, and `!table` is the way to leave out. Without patterns: FOR ALL TABLES
// for a superuser, else the tables that are ours, and a remark about the others. A partition is not
// listed when a parent of it is.
result<publication_plan> plan_publication(const publication_wish& wish,
                                          const std::vector<candidate_table>& candidates);

// Whether a pattern is a table's plain name: orders, public.orders.
bool names_table(const std::vector<std::string>& patterns, const published_table& table);

struct publication_fit {
    std::optional<error> defect;   // publication_unfit: a table that is named is not published
    bool defect_harmless = false;  // to mend, as of a remark
    std::vector<remark> remarks;   // what a wildcard selects and is not published, and the like
    std::vector<remark> needless;  // published and not selected: costs, does no harm
};

publication_fit compare_publication(const publication_wish& wish, const publication_facts& found,
                                    const std::vector<candidate_table>& candidates);

// ALTER TABLE ... REPLICA IDENTITY FULL; for each.
std::string identity_cure(const std::vector<published_table>& tables);

}  // namespace walferry::postgres
