#include "lib/postgres/publication_memory.hpp"

#include "lib/postgres/sql_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace walferry::postgres {
namespace {

using nlohmann::json;
using ids = std::unordered_set<std::uint32_t>;
using members = std::vector<publication_member>;

members members_from(const json& list) {
    members out;
    for (const auto& one : list) {
        publication_member member;
        member.entry = one.at("entry").get<std::uint32_t>();
        member.id = one.at("id").get<std::uint32_t>();
        member.name = one.at("name").get<std::string>();
        if (one.contains("filter") && one.at("filter").is_string()) {
            member.filter = one.at("filter").get<std::string>();
        }
        if (one.contains("columns") && one.at("columns").is_array()) {
            for (const auto& column : one.at("columns")) {
                member.columns.push_back(
                    {column.at(0).get<int>(), column.at(1).get<std::string>()});
            }
        }
        out.push_back(std::move(member));
    }
    return out;
}

const publication_member* find(const members& among, std::uint32_t id) {
    const auto found = std::find_if(among.begin(), among.end(),
                                    [&](const auto& member) { return member.id == id; });
    return found == among.end() ? nullptr : &*found;
}

// Everything below the tables, too.
void add_partitions(ids& of, const std::vector<candidate_table>& candidates) {
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& candidate : candidates) {
            grown = (candidate.parent != 0 && of.contains(candidate.parent) &&
                     of.insert(candidate.table.id).second) ||
                    grown;
        }
    }
}

// The tables of today that a definition publishes.
ids covered(const remembered_publication& by, const std::vector<candidate_table>& candidates) {
    ids listed;
    std::unordered_set<std::string> names;
    std::unordered_set<std::string> schemas;
    for (const auto& table : by.tables) {
        listed.insert(table.id);
        // A table that was dropped and made anew under its name counts as the one that was listed.
        names.insert(table.name);
    }
    for (const auto& schema : by.schemas) {
        schemas.insert(schema.name);
    }
    ids out;
    for (const auto& [table, parent, ours] : candidates) {
        if (by.all_tables || listed.contains(table.id) || schemas.contains(table.schema) ||
            names.contains(dotted(table))) {
            out.insert(table.id);
        }
    }
    add_partitions(out, candidates);
    return out;
}

bool is_wanted(const publication_wish& wish, const published_table& table) {
    return !table.unlogged && (!wish.selects || wish.selects(table.schema, table.name));
}

class comparison {
public:
    comparison(const remembered_publication& before, const remembered_publication& now,
               const publication_wish& wish, const std::vector<candidate_table>& candidates)
        : before_(before), now_(now), wish_(wish), candidates_(candidates) {
        for (const auto& candidate : candidates) {
            by_id_.emplace(candidate.table.id, &candidate);
        }
    }

    publication_change run(const publication_facts& found) {
        compare_options();
        compare_versions();
        compare_tables(found);
        compare_members();
        find_beyond();
        return std::move(change_);
    }

private:
    bool wanted(std::uint32_t id) const {
        const auto known = by_id_.find(id);
        return known != by_id_.end() && is_wanted(wish_, known->second->table);
    }

    void lose(const std::string& table, const std::string& what) {
        change_.losses.push_back(table + ' ' + what);
        change_.tables.push_back(table);
    }

    void undo(const std::string& statement) {
        change_.undo += (change_.undo.empty() ? "" : "; ") + statement;
    }

    std::string alter() const { return "ALTER PUBLICATION " + quote_identifier(wish_.name) + ' '; }

    void compare_options() {
        constexpr std::array<std::pair<char, const char*>, 4> names{
            {{'i', "INSERT"}, {'u', "UPDATE"}, {'d', "DELETE"}, {'t', "TRUNCATE"}}};
        for (const auto& [letter, name] : names) {
            const std::string skipped{letter == 'i' ? 'c' : letter};
            const bool skips =
                std::find(wish_.skips.begin(), wish_.skips.end(), skipped) != wish_.skips.end();
            if (!skips && before_.operations.find(letter) != std::string::npos &&
                now_.operations.find(letter) == std::string::npos) {
                change_.losses.push_back(std::string{name} + " is not published any more");
                everything_ = true;
            }
        }
        if (everything_) {
            undo(alter() + "SET (publish = 'insert, update, delete, truncate')");
        }
        if (before_.via_partition_root != now_.via_partition_root &&
            now_.via_partition_root != wish_.via_partition_root) {
            const char* was = before_.via_partition_root ? "true" : "false";
            const char* is = now_.via_partition_root ? "true" : "false";
            change_.losses.push_back(std::string{"publish_via_partition_root is "} + is +
                                     " and was " + was +
                                     ", so that partitioned tables change name");
            everything_ = true;
            undo(alter() + "SET (publish_via_partition_root = " + was + ")");
        }
    }

    // What was altered and is as before was perhaps something else in between. Widened, or given to
    // another owner, it was altered for that.
    void compare_versions() {
        const bool altered = before_.id == now_.id && before_.version != now_.version;
        const bool explained = before_.operations != now_.operations ||
                               before_.via_partition_root != now_.via_partition_root ||
                               before_.owner != now_.owner;
        if (altered && !explained) {
            change_.losses.push_back("its properties were altered and put back");
            everything_ = true;
        }
    }

    void compare_tables(const publication_facts& found) {
        const ids once = covered(before_, candidates_);
        ids still = covered(now_, candidates_);
        for (const auto& table : found.tables) {
            still.insert(table.id);
        }
        add_partitions(still, candidates_);
        std::string names;
        for (const auto& [table, parent, ours] : candidates_) {
            const bool by_parent = parent != 0 && once.contains(parent) && !still.contains(parent);
            if (!once.contains(table.id) || still.contains(table.id) || by_parent ||
                !is_wanted(wish_, table)) {
                continue;
            }
            lose(dotted(table), "is not published any more");
            names += (names.empty() ? "" : ", ") + quote_table(table.schema, table.name);
        }
        if (!names.empty()) {
            undo(alter() + "ADD TABLE " + names);
        }
    }

    // Of a publication that was made anew the server itself knows what it did not have.
    void compare_members() {
        for (const auto& old : before_.tables) {
            const auto* member = find(now_.tables, old.id);
            if (member == nullptr || !wanted(old.id)) {
                continue;
            }
            if (before_.id == now_.id && member->entry != old.entry &&
                member->filter == old.filter && !lost_column(old, *member)) {
                lose(member->name, "was taken out and added again");
            } else if (!member->filter.empty() && member->filter != old.filter) {
                lose(member->name, "has the row filter " + member->filter +
                                       (old.filter.empty() ? "" : " and had " + old.filter));
                undo("ALTER PUBLICATION ... SET TABLE with the row filters that it had");
            } else if (const auto* column = lost_column(old, *member)) {
                lose(member->name, "has a column list without " + *column);
                undo("ALTER PUBLICATION ... SET TABLE with the column lists that it had");
            }
        }
        for (const auto& old : before_.schemas) {
            const auto* member = find(now_.schemas, old.id);
            if (member != nullptr && before_.id == now_.id && member->entry != old.entry) {
                change_.losses.push_back("schema " + old.name + " was taken out and added again");
                everything_ = true;
            }
        }
        if (everything_) {
            change_.tables.clear();
        }
    }

    const std::string* lost_column(const publication_member& old,
                                   const publication_member& member) const {
        static const std::string others = "columns that it had";
        if (member.columns.empty()) {
            return nullptr;
        }
        if (old.columns.empty()) {
            return &others;
        }
        for (const auto& column : old.columns) {
            const bool kept = std::any_of(
                member.columns.begin(), member.columns.end(),
                [&](const published_column& other) { return other.number == column.number; });
            if (!kept) {
                return &column.name;
            }
        }
        return nullptr;
    }

    void find_beyond() {
        for (const auto& member : now_.tables) {
            const auto known = by_id_.find(member.id);
            if (find(before_.tables, member.id) == nullptr && known != by_id_.end() &&
                wish_.selects &&
                !wish_.selects(known->second->table.schema, known->second->table.name)) {
                change_.beyond.push_back(member.name);
            }
        }
    }

    const remembered_publication& before_;
    const remembered_publication& now_;
    const publication_wish& wish_;
    const std::vector<candidate_table>& candidates_;
    std::unordered_map<std::uint32_t, const candidate_table*> by_id_;
    publication_change change_;
    bool everything_ = false;
};

}  // namespace

result<remembered_publication> parse_definition(std::string_view text) {
    const auto document = json::parse(text, nullptr, false);
    try {
        remembered_publication made;
        made.id = document.at("id").get<std::uint32_t>();
        made.version = document.at("version").get<std::uint32_t>();
        made.owner = document.at("owner").get<std::uint32_t>();
        made.all_tables = document.at("all_tables").get<bool>();
        made.operations = document.at("operations").get<std::string>();
        made.via_partition_root = document.at("via_partition_root").get<bool>();
        made.tables = members_from(document.at("tables"));
        made.schemas = members_from(document.at("schemas"));
        return made;
    } catch (const json::exception& problem) {
        return fail(error_kind::state_invalid,
                    std::string{"what is remembered of the publication is not understood: "} +
                        problem.what(),
                    "was it written by a newer walferry? Start that one, or begin anew with "
                    "another name");
    }
}

publication_change compare_definitions(const remembered_publication& before,
                                       const remembered_publication& now,
                                       const publication_facts& found, const publication_wish& wish,
                                       const std::vector<candidate_table>& candidates) {
    return comparison{before, now, wish, candidates}.run(found);
}

}  // namespace walferry::postgres
