#pragma once

#include "lib/observe/facts.hpp"
#include "lib/observe/process_facts.hpp"

#include <string>

namespace walferry::observe {

inline constexpr const char* metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

// The facts in Prometheus' text format. Everything is built anew at each scrape, so nothing is
// registered, locked or counted anywhere else. Names and help come from catalogue.inc; a metric
// that is not there is an assertion failure.
std::string render_metrics(const stream_facts& facts, const process_facts& process);

}  // namespace walferry::observe
