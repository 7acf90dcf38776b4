#pragma once

#include "lib/change/catalog.hpp"

#include <vector>

namespace walferry::change {

// The types with fixed OIDs that a table's column can have, in PostgreSQL 14 to 18 (pg_type.dat).
std::vector<type_description> builtin_types();

}  // namespace walferry::change
