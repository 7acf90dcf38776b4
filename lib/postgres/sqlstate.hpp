#pragma once

#include "lib/base/error.hpp"

#include <string>
#include <string_view>

// What an error report of PostgreSQL means. By SQLSTATE and the moment, never by its text, which
// differs by version and language (pgoutput.md 1.4).
namespace walferry::postgres {

enum class phase {
    connect,              // an ordinary connection
    connect_replication,  // a walsender
    query,                // SQL of ours
    create_slot,          // CREATE_REPLICATION_SLOT
    start,                // START_REPLICATION until CopyBoth
    streaming,            // in CopyBoth
};

// The names that hints are made of; what is empty stands as <slot>, <role>, ...
struct subject {
    std::string slot;
    std::string publication;
    std::string database;
    std::string role;
};

struct server_report {
    std::string sqlstate;  // empty: the connection broke, or libpq itself failed
    std::string message;   // primary message, or libpq's own text
    std::string detail;    // may hold values of rows: never part of the error while streaming
};

error_kind kind_of(phase when, std::string_view sqlstate);

// The error with its message and the statement that mends it.
error explain(phase when, const server_report& report, const subject& about);

}  // namespace walferry::postgres
