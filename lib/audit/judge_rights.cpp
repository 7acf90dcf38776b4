#include "lib/audit/judge.hpp"
#include "lib/postgres/sql_text.hpp"

#include <algorithm>
#include <set>

namespace walferry::audit {
namespace {

using postgres::quote_identifier;

// The tables of the definition that belong to roles whose rights are not the role's.
std::vector<postgres::foreign_table> refused_tables(
    const postgres::publication_definition& definition, const postgres::creation_rights& rights) {
    std::vector<postgres::foreign_table> refused;
    for (const auto& foreign : rights.foreign_tables) {
        const auto same = [&](const postgres::publish_table& table) {
            return table.schema == foreign.schema && table.name == foreign.name;
        };
        if (std::ranges::any_of(definition.tables, same)) {
            refused.push_back(foreign);
        }
    }
    return refused;
}

std::string ownership_defect(const std::vector<postgres::foreign_table>& refused,
                             const std::string& role) {
    const auto& first = refused.front();
    std::string text = "role \"" + role + "\" does not own " + first.schema + "." + first.name;
    if (refused.size() > 1) {
        text += " and " + std::to_string(refused.size() - 1) + " more tables";
    }
    return text;
}

// A member of a superuser's role may do far more than publish: then a superuser creates it.
struct ownership_cure {
    std::string text;
    std::string statement;
};

ownership_cure cure_of(const std::vector<postgres::foreign_table>& refused,
                       const postgres::publication_definition& definition,
                       const std::string& role) {
    const auto create = postgres::create_publication_statement(definition);
    const std::string by_superuser = "as a superuser: " + create;
    std::set<std::string> owners;
    for (const auto& table : refused) {
        if (table.superuser_owns) {
            return {by_superuser, create};
        }
        owners.insert(quote_identifier(table.owner));
    }
    std::string list;
    for (const auto& owner : owners) {
        list += (list.empty() ? "" : ", ") + owner;
    }
    const std::string grant = "GRANT " + list + " TO " + quote_identifier(role);
    return {grant + "; or " + by_superuser, grant};
}

}  // namespace

bool judge_rights(const publication_view& view, const postgres::publication_definition& definition,
                  findings& into) {
    const auto& rights = view.rights;
    const auto add = [&](const std::string& why, ownership_cure cure) {
        error refused{error_kind::privilege_missing,
                      "publication \"" + view.wish.name + "\" cannot be created: " + why,
                      std::move(cure.text),
                      {}};
        into.push_back(mended_by(found_error("publication", refused), {std::move(cure.statement)}));
    };
    if (!rights.creates_in_database) {
        const std::string grant = "GRANT CREATE ON DATABASE " + quote_identifier(rights.database) +
                                  " TO " + quote_identifier(rights.role);
        add("role \"" + rights.role + "\" lacks CREATE on database " + rights.database,
            {grant, grant});
    }
    const auto refused = refused_tables(definition, rights);
    if (!refused.empty()) {
        add(ownership_defect(refused, rights.role), cure_of(refused, definition, rights.role));
    }
    return rights.creates_in_database && refused.empty();
}

}  // namespace walferry::audit
