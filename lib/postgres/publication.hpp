#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/creation_rights.hpp"
#include "lib/postgres/facts.hpp"
#include "lib/postgres/publication_choice.hpp"

#include <string>
#include <vector>

namespace walferry::postgres {

// Under its exact name; `exists` is false when there is none. On an ordinary connection.
task<result<publication_facts>> read_publication(connection& control, std::string name);

// What the publication itself says, as one JSON text that is the same as long as nobody alters it;
// empty when there is none. On an ordinary connection.
task<result<std::string>> read_definition(connection& control, std::string name);

// Every permanent table of the database that is not the system's, partitions too, by name.
task<result<std::vector<candidate_table>>> list_tables(connection& control);

// On an ordinary connection.
task<result<creation_rights>> read_creation_rights(connection& control);

// Executes the plan. Kinds: privilege_missing, with the statement for somebody who may.
task<result<void>> create_publication(connection& control, publication_definition definition,
                                      std::chrono::milliseconds patience);

}  // namespace walferry::postgres
