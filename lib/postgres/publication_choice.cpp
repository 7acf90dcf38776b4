#include "lib/postgres/publication_choice.hpp"

#include "lib/base/name_list.hpp"
#include "lib/postgres/sql_text.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace walferry::postgres {
namespace {

using tables = std::vector<published_table>;

std::string list_names(const tables& which) {
    std::vector<std::string> names;
    for (const auto& table : which) {
        names.push_back(dotted(table));
    }
    return name_list(names);
}

bool selected(const publication_wish& wish, const published_table& table) {
    return !table.unlogged && (!wish.selects || wish.selects(table.schema, table.name));
}

std::vector<publish_table> to_publish(const tables& which) {
    std::vector<publish_table> out;
    for (const auto& table : which) {
        out.push_back({table.schema, table.name, table.partitioned});
    }
    return out;
}

// The tables whose partitioned parents, at any depth, are not in the list themselves.
tables without_covered(const tables& chosen, const std::vector<candidate_table>& candidates) {
    std::unordered_map<std::uint32_t, std::uint32_t> parents;
    for (const auto& candidate : candidates) {
        parents[candidate.table.id] = candidate.parent;
    }
    std::unordered_set<std::uint32_t> listed;
    for (const auto& table : chosen) {
        listed.insert(table.id);
    }
    tables out;
    for (const auto& table : chosen) {
        std::uint32_t parent = parents[table.id];
        while (parent != 0 && !listed.contains(parent)) {
            parent = parents[parent];
        }
        if (parent == 0) {
            out.push_back(table);
        }
    }
    return out;
}

error no_identity(const tables& unfit) {
    const bool several = unfit.size() > 1;
    return {error_kind::table_unfit,
            std::string{several ? "tables" : "table"} +
                " without a replica identity, whose UPDATE and DELETE would fail once published: " +
                list_names(unfit),
            identity_cure(unfit) + " -- or give it a primary key, or leave it out by \"!" +
                dotted(unfit.front()) + "\" in source.tables",
            {}};
}

remark not_ours(const publication_wish& wish, const tables& others) {
    return {"not published, because other roles own them: " + list_names(others),
            "as their owner: " + add_tables_statement(wish.name, to_publish(others))};
}

// A table that is published, by itself or by its parent.
std::unordered_set<std::uint32_t> covered_by(const publication_facts& found,
                                             const std::vector<candidate_table>& candidates) {
    std::unordered_set<std::uint32_t> covered;
    for (const auto& table : found.tables) {
        covered.insert(table.id);
    }
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& candidate : candidates) {
            const bool by_parent = candidate.parent != 0 && covered.contains(candidate.parent);
            grown = (by_parent && covered.insert(candidate.table.id).second) || grown;
        }
    }
    // Under via_partition_root only roots are listed, else only leaves: a parent of these counts.
    for (const auto& candidate : candidates) {
        if (covered.contains(candidate.table.id) && candidate.parent != 0) {
            covered.insert(candidate.parent);
        }
    }
    return covered;
}

bool all_have_identity(const tables& which) {
    return std::all_of(which.begin(), which.end(),
                       [](const published_table& table) { return table.has_identity; });
}

// The operations that are wanted and not published.
std::string operations_lacking(const publication_wish& wish, const publication_facts& found) {
    const struct {
        bool published;
        const char* name;
        const char* letter;
    } all[] = {{found.inserts, "insert", "c"},
               {found.updates, "update", "u"},
               {found.deletes, "delete", "d"},
               {found.truncates, "truncate", "t"}};
    std::string lacking;
    for (const auto& one : all) {
        const bool skipped =
            std::find(wish.skips.begin(), wish.skips.end(), one.letter) != wish.skips.end();
        if (!one.published && !skipped) {
            lacking += (lacking.empty() ? "" : ", ") + std::string{one.name};
        }
    }
    return lacking;
}

void add_setting_remarks(const publication_wish& wish, const publication_facts& found,
                         std::vector<remark>& remarks) {
    const std::string alter = "ALTER PUBLICATION " + quote_identifier(found.name) + " SET ";
    const auto lacking = operations_lacking(wish, found);
    if (!lacking.empty()) {
        remarks.push_back(
            {"publication \"" + found.name + "\" does not publish every operation: " + lacking,
             alter + "(publish = 'insert, update, delete, truncate')",
             all_have_identity(found.tables)});
    }
    if (found.via_partition_root != wish.via_partition_root) {
        const std::string wanted = wish.via_partition_root ? "true" : "false";
        remarks.push_back({"publication \"" + found.name +
                               "\" differs from source.publish_via_partition_root: " + wanted,
                           alter + "(publish_via_partition_root = " + wanted + ")"});
    }
}

}  // namespace

std::string identity_cure(const tables& which) {
    std::string out;
    for (std::size_t i = 0; i < which.size() && i < names_shown_max; ++i) {
        out += (i == 0 ? "ALTER TABLE " : " ALTER TABLE ") +
               quote_table(which[i].schema, which[i].name) + " REPLICA IDENTITY FULL;";
    }
    return out;
}

bool names_table(const std::vector<std::string>& patterns, const published_table& table) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return pattern == table.name || pattern == dotted(table);
    });
}

result<publication_plan> plan_publication(const publication_wish& wish,
                                          const std::vector<candidate_table>& candidates) {
    const bool all = wish.patterns.empty();
    tables chosen;
    tables others;
    tables unfit;
    for (const auto& candidate : candidates) {
        const auto& table = candidate.table;
        if (!selected(wish, table)) {
            continue;
        }
        if (all && !wish.superuser && !candidate.ours) {
            if (table.has_identity) {
                others.push_back(table);
            }
            continue;
        }
        chosen.push_back(table);
        if (!table.has_identity) {
            unfit.push_back(table);
        }
    }
    if (!unfit.empty()) {
        return tl::unexpected<error>(no_identity(unfit));
    }
    publication_plan plan;
    plan.definition.name = wish.name;
    plan.definition.via_partition_root = wish.via_partition_root;
    if (all && wish.superuser) {
        return plan;
    }
    others = without_covered(others, candidates);
    if (chosen.empty() && !others.empty()) {
        return fail(
            error_kind::privilege_missing,
            "publication \"" + wish.name + "\" cannot be created: other roles own every table",
            "as their owner: " + create_publication_statement(
                                     {wish.name, to_publish(others), wish.via_partition_root}));
    }
    if (chosen.empty()) {
        return fail(error_kind::publication_unfit, "source.tables selects no table of the database",
                    "correct the patterns of source.tables, or create the tables first");
    }
    plan.definition.tables = to_publish(without_covered(chosen, candidates));
    if (!others.empty()) {
        plan.remarks.push_back(not_ours(wish, others));
    }
    return plan;
}

publication_fit compare_publication(const publication_wish& wish, const publication_facts& found,
                                    const std::vector<candidate_table>& candidates) {
    publication_fit fit;
    const auto covered = covered_by(found, candidates);
    tables named;
    tables missing;
    for (const auto& candidate : candidates) {
        const auto& table = candidate.table;
        if (wish.patterns.empty() || covered.contains(table.id) || !selected(wish, table)) {
            continue;
        }
        (names_table(wish.patterns, table) ? named : missing).push_back(table);
    }
    if (!named.empty()) {
        fit.defect = error{error_kind::publication_unfit,
                           "publication \"" + found.name +
                               "\" lacks what source.tables names: " + list_names(named),
                           add_tables_statement(found.name, to_publish(named)),
                           {}};
        fit.defect_harmless = all_have_identity(named);
    }
    if (!missing.empty()) {
        fit.remarks.push_back(
            {"publication \"" + found.name +
                 "\" lacks tables that source.tables selects: " + list_names(missing),
             add_tables_statement(found.name, to_publish(missing)), all_have_identity(missing)});
    }
    add_setting_remarks(wish, found, fit.remarks);
    tables unfit;
    tables needless;
    for (const auto& table : found.tables) {
        if (!table.has_identity && (found.updates || found.deletes)) {
            unfit.push_back(table);
        }
        if (!found.all_tables && wish.selects && !wish.selects(table.schema, table.name)) {
            needless.push_back(table);
        }
    }
    if (!unfit.empty()) {
        fit.remarks.push_back(
            {"published without a replica identity, so that their own UPDATE and "
             "DELETE fail: " +
                 list_names(unfit),
             identity_cure(unfit)});
    }
    if (!needless.empty()) {
        fit.needless.push_back(
            {"published, but not selected by source.tables: " + list_names(needless), {}});
    }
    return fit;
}

}  // namespace walferry::postgres
