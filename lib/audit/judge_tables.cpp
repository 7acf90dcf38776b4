#include "lib/audit/judge.hpp"
#include "lib/base/name_list.hpp"
#include "lib/postgres/sql_text.hpp"

namespace walferry::audit {
namespace {

using postgres::quote_identifier;
using postgres::quote_table;
using postgres::table_facts;

constexpr std::int64_t much_toast_bytes = 1024 * 1024;
constexpr std::int64_t toast_share = 4;  // at least a quarter of the rows beside it

using tables = std::vector<table_facts>;

std::string names_of(const tables& which) {
    std::vector<std::string> names;
    for (const auto& table : which) {
        names.push_back(table.schema + '.' + table.name);
    }
    return name_list(names);
}

std::string quoted(const tables& which) {
    std::string out;
    for (const auto& table : which) {
        out += (out.empty() ? "" : ", ") + quote_table(table.schema, table.name);
    }
    return out;
}

template <typename predicate>
tables those(const tables& all, const predicate& wanted) {
    tables found;
    for (const auto& table : all) {
        if (wanted(table)) {
            found.push_back(table);
        }
    }
    return found;
}

void judge_unselected(const table_view& view, findings& into) {
    const auto unselected = those(view.tables, [&](const table_facts& table) {
        return view.wish.selects && !view.wish.selects(table.schema, table.name);
    });
    if (unselected.empty()) {
        return;
    }
    const std::string name = quote_identifier(view.wish.name);
    const std::string what =
        "publication \"" + view.wish.name +
        "\" sends walferry what source.tables does not select: " + names_of(unselected);
    const auto listed = those(unselected, [](const table_facts& table) { return table.listed; });
    if (view.all_tables) {
        into.push_back(found_info("publication", what + "; it is FOR ALL TABLES",
                                  "a publication FOR TABLE ... sends less, with a new slot"));
    } else if (listed.size() == unselected.size()) {
        into.push_back(
            mended_by(found_warning("publication", what,
                                    "ALTER PUBLICATION " + name + " DROP TABLE " + quoted(listed) +
                                        "; or add them to source.tables"),
                      {"ALTER PUBLICATION " + name + " DROP TABLE " + quoted(listed)}));
    } else {
        into.push_back(found_warning("publication", what,
                                     "list tables in the publication in place of their schema or "
                                     "parent, or add them to source.tables"));
    }
}

void judge_filters(const table_view& view, const tables& selected, findings& into) {
    const std::string publication = quote_identifier(view.wish.name);
    for (const auto& table : selected) {
        const std::string name = table.schema + '.' + table.name;
        const std::string whole = quote_table(table.schema, table.name);
        const std::string again = "BEGIN; ALTER PUBLICATION " + publication + " DROP TABLE " +
                                  whole + "; ALTER PUBLICATION " + publication + " ADD TABLE " +
                                  whole + "; COMMIT";
        if (!table.row_filter.empty()) {
            into.push_back(
                mended_by(found_warning("publication", "only rows of " + name + " with " +
                                                           table.row_filter + " are published"),
                          {again}));
        }
        if (!table.columns_left_out.empty()) {
            into.push_back(mended_by(
                found_info("publication", "columns of " + name +
                                              " that are not published: " + table.columns_left_out),
                {again}));
        }
    }
}

void judge_reading(const table_view& view, const tables& selected, findings& into) {
    if (view.snapshot == config::snapshot_mode::never) {
        return;
    }
    const auto hidden = those(
        selected, [](const table_facts& table) { return !table.readable || !table.schema_usable; });
    if (hidden.empty()) {
        return;
    }
    std::vector<std::string> grants;
    const std::string role = " TO " + quote_identifier(view.role);
    std::string last;
    for (const auto& table : hidden) {
        if (!table.schema_usable && table.schema != last) {
            last = table.schema;
            grants.push_back("GRANT USAGE ON SCHEMA " + quote_identifier(table.schema) + role);
        }
    }
    const auto unread = those(hidden, [](const table_facts& table) { return !table.readable; });
    if (!unread.empty()) {
        grants.push_back("GRANT SELECT ON " + quoted(unread) + role);
    }
    const std::string what =
        "role \"" + view.role +
        "\" may not read the rows that the snapshot is to publish: " + names_of(hidden);
    // With a slot the snapshot may have been made before.
    into.push_back(mended_by(
        view.slot_exists ? found_warning("role", what)
                         : found_error("role", {error_kind::privilege_missing, what, {}, {}}),
        std::move(grants)));
}

void judge_identities(const tables& selected, findings& into) {
    const auto full =
        those(selected, [](const table_facts& table) { return table.identity == 'f'; });
    if (!full.empty()) {
        into.push_back(found_info("table", std::to_string(full.size()) +
                                               " published tables have REPLICA IDENTITY FULL: "
                                               "every old row is written to the WAL"));
    }
    for (const auto& table : selected) {
        if (table.identity == 'f' || table.toast_bytes < much_toast_bytes ||
            table.toast_bytes * toast_share < table.heap_bytes) {
            continue;
        }
        into.push_back(mended_by(
            found_info("table", table.schema + '.' + table.name + " keeps " +
                                    std::to_string(table.toast_bytes / (1024 * 1024)) +
                                    " MiB of large values out of line: an UPDATE that does not "
                                    "touch them publishes events.unavailable_value in their "
                                    "place"),
            {"ALTER TABLE " + quote_table(table.schema, table.name) + " REPLICA IDENTITY FULL"}));
    }
}

}  // namespace

void judge_tables(const table_view& view, findings& into) {
    judge_unselected(view, into);
    const auto selected = those(view.tables, [&](const table_facts& table) {
        return !view.wish.selects || view.wish.selects(table.schema, table.name);
    });
    judge_filters(view, selected, into);
    judge_reading(view, selected, into);
    judge_identities(selected, into);
}

}  // namespace walferry::audit
