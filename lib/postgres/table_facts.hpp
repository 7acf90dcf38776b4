#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

// What `check` looks at beside the stream's own questions.
namespace walferry::postgres {

struct table_facts {
    std::uint32_t id = 0;
    std::string schema;
    std::string name;
    char identity = 'd';           // pg_class.relreplident
    std::string row_filter;        // of the publication; empty: none
    std::string columns_left_out;  // by its column list, "a, b"; empty: none
    std::int64_t toast_bytes = 0;  // values stored out of line
    std::int64_t heap_bytes = 0;   // the rows beside them
    bool readable = true;          // the role has SELECT on every column
    bool schema_usable = true;     // and USAGE on the schema
    bool listed = false;           // by its name, not by a schema, a parent or FOR ALL TABLES
};

// Of tables that are or would be published; those that do not exist any more are left out.
task<result<std::vector<table_facts>>> read_table_facts(connection& control,
                                                        std::string publication,
                                                        std::vector<std::uint32_t> tables);

struct standby_facts {
    std::string streaming;       // application names in pg_stat_replication, "a, b"
    std::string physical_slots;  // names, "a, b"
    std::string lacking;         // of synchronized_standby_slots: no such slot, or nobody streams
};

task<result<standby_facts>> read_standby_facts(connection& control);

}  // namespace walferry::postgres
