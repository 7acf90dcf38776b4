#include "lib/config/keys.hpp"
#include "lib/config/make_field.hpp"

namespace walferry::config {

using namespace std::chrono_literals;

std::vector<key> general_keys() {
    return {
        {.name = "name",
         .how = text(WALFERRY_AT(name)),
         .text = "First part of topic names; names the slot, publication and state topic, too.",
         .example = "shop",
         .default_text = "the database's name"},
        {.name = "delivery",
         .how = choice<delivery_mode>(WALFERRY_AT(delivery)),
         .text = "exactly_once publishes each transaction of PostgreSQL in one of Kafka.",
         .example = "exactly_once"},
        {.name = "on_poison",
         .how = choice<poison_policy>(WALFERRY_AT(on_poison)),
         .text = "What becomes of a record that can never be encoded or published.",
         .example = "dead_letter"},
        {.name = "dead_letter_topic",
         .how = text(WALFERRY_AT(dead_letter_topic)),
         .text = "Where on_poison: dead_letter puts the record and its error.",
         .example = "shop.dead_letter",
         .default_text = "<name>.dead_letter"},
        {.name = "shutdown_timeout",
         .how = time(WALFERRY_AT(shutdown_timeout), 0ms, 1h),
         .text = "How long a stop waits for the broker to confirm what is in flight.",
         .example = "30s",
         .reloadable = true},
        {.name = "accept_gap",
         .how = boolean(WALFERRY_AT(accept_gap)),
         .text = "Start although changes are missing, from a slot that is ahead of what was "
                 "published.",
         .example = "false"},
        {.name = "metrics_tables_max",
         .how = number<int>(WALFERRY_AT(metrics_tables_max), 0, 100'000),
         .text = "Tables that have metrics of their own; the others share one.",
         .example = "100"},
    };
}

}  // namespace walferry::config
