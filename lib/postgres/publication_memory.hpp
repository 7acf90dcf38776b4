#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/facts.hpp"
#include "lib/postgres/publication_choice.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a publication said when it was streamed from, and what became of it. Pure.
namespace walferry::postgres {

struct published_column {
    int number = 0;
    std::string name;
};

// What a publication lists: a table, or a schema (15+).
struct publication_member {
    std::uint32_t entry = 0;  // of the catalog; another one when it was taken out and added again
    std::uint32_t id = 0;
    std::string name;
    std::string filter;                     // of rows; empty: none (15+)
    std::vector<published_column> columns;  // empty: all (15+)
};

struct remembered_publication {
    std::uint32_t id = 0;
    std::uint32_t version = 0;  // xmin of its row: another one after each ALTER of its properties
    std::uint32_t owner = 0;
    bool all_tables = false;
    std::string operations;  // of i u d t
    bool via_partition_root = false;
    std::vector<publication_member> tables;
    std::vector<publication_member> schemas;
};

// As read_definition() gave it. Errors: state_invalid.
result<remembered_publication> parse_definition(std::string_view json);

struct publication_change {
    std::vector<std::string> losses;  // sentences: what is not published any more
    std::vector<std::string> tables;  // schema.table that they are about; empty: all
    std::vector<std::string> beyond;  // tables that were added although source.tables lacks them
    std::string undo;                 // statements
};

// What a publication lost since `before`, as far as source.tables and events.skip want it, and what
// it got that they do not want. Tables that do not exist any more, that nobody selects any more,
// and everything that came closer to the configuration are no change.
publication_change compare_definitions(const remembered_publication& before,
                                       const remembered_publication& now,
                                       const publication_facts& found, const publication_wish& wish,
                                       const std::vector<candidate_table>& candidates);

}  // namespace walferry::postgres
