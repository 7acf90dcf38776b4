#pragma once

#include "lib/base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace walferry::snapshot {

// Of the logical messages that ask a running walferry for incremental snapshots. Never published.
inline constexpr std::string_view request_prefix = "walferry.snapshot";

// What somebody asks for, by a logical message, by HTTP or on the command line.
struct request {
    enum class wish { start, stop, pause, resume };
    wish what = wish::start;
    std::vector<std::string> tables;  // schema.table or patterns; of stop: empty means all
    std::string where;                // SQL; of start only; empty: all rows
    std::string slot;                 // who is meant; empty: everybody who reads it
    std::string seal;                 // proves that who asks knows http.token
};

// {"command": "start", "tables": ["public.orders"], ...}. Errors: usage, with what is wrong.
result<request> parse_request(std::string_view json);
std::string to_json(const request& what);

// Any role may write logical messages, and a condition is SQL that runs with walferry's role: a
// request with one counts only with the seal that the token gives.
std::string seal_of(const request& what, std::string_view token);
bool is_sealed(const request& what, std::string_view token);

}  // namespace walferry::snapshot
