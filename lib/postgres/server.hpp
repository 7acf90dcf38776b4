#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"
#include "lib/postgres/facts.hpp"

#include <optional>
#include <vector>

namespace walferry::postgres {

inline constexpr int oldest_version = 140000;
inline constexpr int newest_version = 189999;  // that walferry was tested with

// Everything but system_id and timeline. On an ordinary connection.
task<result<server_facts>> read_server_facts(connection& control);

// Adds system_id and timeline (IDENTIFY_SYSTEM). On a replication connection, which several hosts
// in source.url or a restart may have taken elsewhere: then server_not_ready.
task<result<void>> identify_system(connection& replication, server_facts& facts);

// Why this server cannot be streamed from: server_version, wal_level_too_low. Pure.
std::optional<error> server_defect(const server_facts& server);

// What should be known at start. Pure.
std::vector<remark> server_remarks(const server_facts& server);

}  // namespace walferry::postgres
