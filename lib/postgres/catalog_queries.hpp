#pragma once

#include "lib/base/error.hpp"
#include "lib/change/catalog.hpp"
#include "lib/postgres/connection.hpp"

#include <cstdint>
#include <string>
#include <vector>

// Today's catalog, for what the stream does not tell: type names, enum labels, keys, comments.
// PostgreSQL 14 to 18. On an ordinary connection.
namespace walferry::postgres {

// Describes the types and all that they are made of (elements, bases, fields, subtypes,
// multirange's ranges), at any depth, in two round trips a depth. Types that `known` has, and types
// that do not exist any more, are left out.
task<result<void>> load_types(connection& control, std::vector<std::uint32_t> types,
                              change::catalog& known);

// Describes the tables, replacing what was known of them, and the types of their columns. Tables
// that do not exist any more are left out.
task<result<void>> load_tables(connection& control, std::vector<std::uint32_t> tables,
                               change::catalog& known);

}  // namespace walferry::postgres
