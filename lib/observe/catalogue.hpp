#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace walferry::observe {

enum class metric_type { counter, gauge, histogram };
std::string_view name_of(metric_type type);

// One line of the table of all metrics: the renderer takes type and help from it and refuses a name
// that is not in it, the manual is printed from it.
struct metric_entry {
    std::string_view name;
    metric_type type;
    std::string_view labels;  // `state`, or `table, op`; empty: none
    std::string_view help;
};

std::span<const metric_entry> metric_catalogue();

// Null when there is no such metric.
const metric_entry* find_metric(std::string_view name);

// The catalogue as a Markdown table for the manual.
std::string catalogue_markdown();

}  // namespace walferry::observe
