#pragma once

#include "lib/postgres/publication_memory.hpp"

#include <string>
#include <vector>

namespace walferry::postgres {

// What a publication lists now and did not list `before`: tables as schema.table, schemas as
// `schema.*`. A table that is made in a published schema is none: all its rows were streamed. Pure.
std::vector<std::string> added_to(const remembered_publication& before,
                                  const remembered_publication& now);

}  // namespace walferry::postgres
