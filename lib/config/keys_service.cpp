#include "lib/config/keys.hpp"
#include "lib/config/make_field.hpp"

namespace walferry::config {

namespace {

using namespace std::chrono_literals;

std::vector<key> snapshot_keys() {
    return {
        {.name = "snapshot.mode",
         .how = choice<snapshot_mode>(WALFERRY_AT(snapshot.mode)),
         .text = "Read the rows that are there: at the first start, never, only that, or whenever "
                 "changes are missing.",
         .example = "never"},
        {.name = "snapshot.workers",
         .how = number<int>(WALFERRY_AT(snapshot.workers), 1, 64),
         .text = "Connections that read in parallel.",
         .example = "4"},
        {.name = "snapshot.chunk_rows",
         .how = number<std::uint64_t>(WALFERRY_AT(snapshot.chunk_rows), 1, 10'000'000),
         .text = "Rows that are read at once.",
         .example = "10000"},
        {.name = "snapshot.max_transaction",
         .how = time(WALFERRY_AT(snapshot.max_transaction), 1s, 168h),
         .text = "A transaction is not kept open longer, so that VACUUM is not held up.",
         .example = "30m"},
        {.name = "snapshot.new_tables",
         .how = boolean(WALFERRY_AT(snapshot.new_tables)),
         .text = "Read the rows of tables that join the publication later.",
         .example = "true"},
    };
}

std::vector<key> endpoint_keys() {
    return {
        {.name = "http.listen",
         .how = text(WALFERRY_AT(http.listen)),
         .text = "Address and port of the endpoints; empty: none.",
         .example = "127.0.0.1:8480"},
        {.name = "http.token",
         .how = text(WALFERRY_AT(http.token)),
         .text = "Token for what changes state; empty: nothing does.",
         .example = "\"${file:/etc/walferry/token}\"",
         .reloadable = true,
         .secret = secrecy::hidden},
        {.name = "log.format",
         .how = choice<log_format>(WALFERRY_AT(log.format)),
         .text = "text, json, or auto: text on a terminal, else json.",
         .example = "json"},
        {.name = "log.level",
         .how = choice<log_level>(WALFERRY_AT(log.level)),
         .text = "The least important messages to log.",
         .example = "debug",
         .reloadable = true},
    };
}

}  // namespace

std::vector<key> service_keys() {
    return join_keys({snapshot_keys, endpoint_keys});
}

}  // namespace walferry::config
