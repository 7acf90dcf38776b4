#pragma once

#include "lib/observe/facts.hpp"
#include "lib/observe/history.hpp"

#include <string>

namespace walferry::observe {

// The facts as the JSON of /status: LSNs as PostgreSQL prints them, times as RFC 3339, null for
// what is not known. `with_history` adds the last hour, for the page's first event.
enum class status_part { facts, facts_and_history };
std::string status_json(const stream_facts& facts, const history& past,
                        status_part what = status_part::facts);

}  // namespace walferry::observe
