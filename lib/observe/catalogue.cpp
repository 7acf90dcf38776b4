#include "lib/observe/catalogue.hpp"

#include <algorithm>
#include <array>

namespace walferry::observe {
namespace {

constexpr std::array entries{
#define METRIC(name, type, labels, help) metric_entry{#name, metric_type::type, labels, help},
#include "lib/observe/catalogue.inc"
#undef METRIC
};

}  // namespace

std::string_view name_of(metric_type type) {
    switch (type) {
        case metric_type::counter:
            return "counter";
        case metric_type::gauge:
            return "gauge";
        case metric_type::histogram:
            return "histogram";
    }
    return "untyped";
}

std::span<const metric_entry> metric_catalogue() {
    return entries;
}

const metric_entry* find_metric(std::string_view name) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const metric_entry& entry) { return entry.name == name; });
    return found == entries.end() ? nullptr : &*found;
}

std::string catalogue_markdown() {
    std::string text = "| metric | type | labels | meaning |\n|---|---|---|---|\n";
    for (const metric_entry& entry : entries) {
        text += "| `";
        text += entry.name;
        text += "` | ";
        text += name_of(entry.type);
        text += " | ";
        text += entry.labels;
        text += " | ";
        text += entry.help;
        text += " |\n";
    }
    return text;
}

}  // namespace walferry::observe
