#include "tests/simulation/server.hpp"
#include "tests/simulation/stand_in_encoder.hpp"
#include "tests/support/pgoutput_builder.hpp"

#include <utility>

namespace walferry::simulation {
namespace {

constexpr test::oid first_table = 16'384;
constexpr test::oid mood_type = 90'001;

bool is_full(unsigned table) {
    return table == 1;
}

change::column_description column(std::string name) {
    change::column_description made;
    made.name = std::move(name);
    return made;
}

test::cells new_row(const row& change, unsigned key) {
    auto row = test::texts({key_text(key), std::to_string(change.token)});
    for (unsigned extra = 0; extra < change.version; ++extra) {
        row.push_back(test::null());
    }
    return row;
}

test::cells key_only(const row& change, unsigned key) {
    auto row = new_row(change, key);
    row[1] = test::null();
    return row;
}

std::string logical_message(bool transactional, lsn at, const row& told) {
    return told.told ? test::logical_message(transactional, at, key_text(told.key),
                                             std::to_string(told.token))
                     : test::logical_message(transactional, at, other_prefix, "text");
}

// Building the two hundred built-in types would take half of the simulation's time, and who merges
// has them: a catalog whose content was moved away has none (or all, which would do no harm).
const change::catalog& without_built_in_types() {
    static const change::catalog bare = [] {
        change::catalog full;
        change::catalog taken = std::move(full);
        return full;
    }();
    return bare;
}

}  // namespace

std::string relation_message(unsigned table, unsigned version) {
    test::table_spec spec;
    spec.id = first_table + table;
    spec.name = table_names[table];
    spec.identity = is_full(table) ? 'f' : 'd';
    spec.columns.push_back({"id", 23, true});
    spec.columns.push_back({"token", 25, is_full(table)});
    for (unsigned extra = 0; extra < version; ++extra) {
        spec.columns.push_back({"mood" + std::to_string(extra), mood_type, is_full(table)});
    }
    return test::relation(spec);
}

std::string row_message(const row& change) {
    auto id = first_table + change.table;
    auto old_key = change.what == row_kind::key_change ? change.old_key : change.key;
    test::old_cells before{is_full(change.table) ? 'O' : 'K', {}};
    before.row = is_full(change.table) ? new_row(change, old_key) : key_only(change, old_key);
    switch (change.what) {
        case row_kind::insert:
            return test::insert(id, new_row(change, change.key));
        case row_kind::update:
            if (is_full(change.table)) {
                return test::update(id, new_row(change, change.key), before);
            }
            return test::update(id, new_row(change, change.key));
        case row_kind::key_change:
            return test::update(id, new_row(change, change.key), before);
        case row_kind::remove:
            return test::delete_row(id, before);
        case row_kind::truncate:
            return test::truncate({id});
        case row_kind::message:
            break;
    }
    return logical_message(true, {}, change);
}

std::string message_of(const item& of) {
    return logical_message(false, of.end, of.rows.empty() ? row{} : of.rows.front());
}

change::catalog server::catalog_for(const pipeline::describe& question) const {
    change::catalog found = without_built_in_types();
    for (auto id : question.tables) {
        auto table = id - first_table;
        change::table_description made;
        made.id = id;
        made.schema = "public";
        made.name = table_names[table];
        made.primary_key = {"id"};
        made.columns.push_back(column("id"));
        made.columns.push_back(column("token"));
        for (unsigned extra = 0; extra < database_.version(table); ++extra) {
            made.columns.push_back(column("mood" + std::to_string(extra)));
        }
        found.put(std::move(made));
    }
    for (auto id : question.types) {
        change::type_description mood;
        mood.id = id;
        mood.schema = "public";
        mood.name = "mood";
        mood.kind = 'e';
        found.put(std::move(mood));
    }
    return found;
}

}  // namespace walferry::simulation
