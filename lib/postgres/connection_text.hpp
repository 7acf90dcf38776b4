#pragma once

#include "lib/postgres/sqlstate.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// libpq's texts around connecting. Pure.
namespace walferry::postgres {

// Entries of a comma-separated list such as libpq's host, hostaddr and port; an empty text has one.
std::size_t list_size(std::string_view list);

// The list beginning with entry `first`: ("a,b,c", 1) is "b,c,a". A list of one stays.
std::string rotate_list(std::string_view list, std::size_t first);

// From PQerrorMessage() under PQERRORS_VERBOSE, where each report is
// `connection to server at ... failed: FATAL:  28P01: text` and a line for the place in the
// server's code. Several hosts give several reports: the last that has an SQLSTATE decides. One
// line, no SQLSTATE in it.
server_report parse_connect_failure(std::string_view text);

// libpq's complaint about a connection string, or nothing when the complaint could quote a secret.
std::string harmless_complaint(std::string_view complaint);

}  // namespace walferry::postgres
