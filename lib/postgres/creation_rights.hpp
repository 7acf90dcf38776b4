#pragma once

#include <string>
#include <vector>

namespace walferry::postgres {

// A table that CREATE PUBLICATION ... FOR TABLE refuses to this role.
struct foreign_table {
    std::string schema;
    std::string name;
    std::string owner;
    bool superuser_owns = false;
};

// What PostgreSQL looks at when this role creates a publication.
struct creation_rights {
    std::string role;
    std::string database;
    bool creates_in_database = true;
    std::vector<foreign_table> foreign_tables{};
};

}  // namespace walferry::postgres
