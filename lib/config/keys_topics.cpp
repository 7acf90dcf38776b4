#include "lib/config/keys.hpp"
#include "lib/config/make_field.hpp"

namespace walferry::config {
std::vector<key> topic_keys() {
    return {
        {.name = "topics.name",
         .how = text(WALFERRY_AT(topics.name)),
         .text = "The topic of a table; {name}, {schema} and {table} are filled in.",
         .example = "\"{name}.{schema}.{table}\""},
        {.name = "topics.rewrite",
         .how = node_field(value_type::rewrite_rules, WALFERRY_AT(topics.rewrite), rewrites_of,
                           write_rewrites),
         .text = "Rename topics: match is RE2 for the whole name, replace may use \\1; the first "
                 "that fits counts. Two tables in one topic are refused.",
         .example = "[{match: \"shop[.]public[.](.*)\", replace: \"orders.\\\\1\"}]"},
        {.name = "topics.partition_by",
         .how = columns(WALFERRY_AT(topics.partition_by)),
         .text = "Choose the partition by other columns than the key: pattern schema.table to "
                 "list of columns.",
         .example = "{public.order_lines: [order_id]}",
         .default_text = "the record's key"},
        {.name = "topics.create",
         .how = boolean(WALFERRY_AT(topics.create)),
         .text = "Make topics that are not there.",
         .example = "false"},
        {.name = "topics.partitions",
         .how = number<int>(WALFERRY_AT(topics.partitions), 1, 100'000),
         .text = "Partitions of topics that walferry makes.",
         .example = "12"},
        {.name = "topics.replication_factor",
         .how = number<int>(WALFERRY_AT(topics.replication_factor), -1, 1'000),
         .text = "Replicas of topics that walferry makes; -1: the broker's default.",
         .example = "3"},
        {.name = "topics.config",
         .how = properties(WALFERRY_AT(topics.config)),
         .text = "Kafka's settings of topics that walferry makes.",
         .example = "{cleanup.policy: compact, min.insync.replicas: 2}"},
    };
}

}  // namespace walferry::config
