#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/facts.hpp"

#include <string>
#include <vector>

// Looking after slots by hand. On an ordinary connection.
namespace walferry::postgres {

// Every slot of the server, by name.
task<result<std::vector<slot_facts>>> list_slots(connection& control);

// A logical pgoutput slot in the connection's database. Waits for the transactions that are open.
// Kinds: server_error (the name is taken), slot_limit, privilege_missing, wal_level_too_low.
task<result<slot_facts>> make_slot(connection& control, std::string name);

// Kinds: slot_missing, slot_in_use (somebody streams from it).
task<result<void>> drop_slot(connection& control, std::string name);

// Moves confirmed_flush_lsn forward to `to` or to the end of WAL, whichever is less; returns where
// it is then. What lies between is never sent again. Kinds besides: config_invalid (`to` is
// behind).
task<result<lsn>> advance_slot(connection& control, std::string name, lsn to);

}  // namespace walferry::postgres
