#include "lib/config/keys.hpp"
#include "lib/config/make_field.hpp"

namespace walferry::config {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t mebibyte = 1u << 20;
constexpr std::uint64_t gibibyte = 1u << 30;

std::vector<key> what_is_read() {
    return {
        {.name = "source.url",
         .how = text(WALFERRY_AT(source.url)),
         .text = "libpq connection string or URI; PG* variables, service files and .pgpass count.",
         .example = "postgresql://cdc@db1,db2/shop?target_session_attrs=read-write",
         .secret = secrecy::url_password},
        {.name = "source.slot",
         .how = text(WALFERRY_AT(source.slot)),
         .text = "The replication slot.",
         .example = "walferry_shop",
         .default_text = "walferry_<name>"},
        {.name = "source.publication",
         .how = text(WALFERRY_AT(source.publication)),
         .text = "The publication.",
         .example = "walferry_shop",
         .default_text = "walferry_<name>"},
        {.name = "source.create",
         .how = boolean(WALFERRY_AT(source.create)),
         .text = "Make the publication and the slot when they are not there.",
         .example = "false"},
        {.name = "source.publish_via_partition_root",
         .how = boolean(WALFERRY_AT(source.publish_via_partition_root)),
         .text = "Changes of partitions carry the name of the partitioned table.",
         .example = "true"},
        {.name = "source.tables",
         .how = patterns(WALFERRY_AT(source.tables), pattern_subject::table),
         .text = "Patterns schema.table; empty: all that the publication has.",
         .example = "[public.*, \"!public.tmp_*\"]"},
        {.name = "source.columns",
         .how = patterns(WALFERRY_AT(source.columns), pattern_subject::column),
         .text = "Patterns schema.table.column; empty: all. Keys keep their columns.",
         .example = "[\"!public.users.password\"]"},
        {.name = "source.messages",
         .how = patterns(WALFERRY_AT(source.messages), pattern_subject::prefix),
         .text = "Patterns of prefixes of pg_logical_emit_message(); empty: all.",
         .example = "[audit*]"},
    };
}

std::vector<key> how_it_is_read() {
    return {
        {.name = "source.binary",
         .how = boolean(WALFERRY_AT(source.binary)),
         .text = "Ask PostgreSQL for values in binary form.",
         .example = "true"},
        {.name = "source.streaming",
         .how = choice<streaming_mode>(WALFERRY_AT(source.streaming)),
         .text =
             "Receive transactions larger than the server's logical_decoding_work_mem before their "
             "commit, keep them in source.spool, and publish them when they commit.",
         .example = "on"},
        {.name = "source.wait_for_slot",
         .how = boolean(WALFERRY_AT(source.wait_for_slot)),
         .text = "Wait while another process uses the slot, instead of giving up.",
         .example = "true"},
        {.name = "source.wait_for_standbys",
         .how = texts(WALFERRY_AT(source.wait_for_standbys)),
         .text = "Publish a transaction only after these standbys flushed it "
                 "(application_name or slot).",
         .example = "[standby1]"},
        {.name = "source.connect_timeout",
         .how = time(WALFERRY_AT(source.connect_timeout), 1s, 1h),
         .text = "How long one attempt to connect may take.",
         .example = "10s"},
        {.name = "source.startup_timeout",
         .how = time(WALFERRY_AT(source.startup_timeout), 0ms, 24h),
         .text = "Give up (exit 4) when streaming was not reached for so long after the start.",
         .example = "5m"},
        {.name = "source.status_interval",
         .how = time(WALFERRY_AT(source.status_interval), 100ms, 10min),
         .text = "Report the acknowledged LSN to PostgreSQL at least so often.",
         .example = "10s"},
        {.name = "source.acknowledge_interval",
         .how = time(WALFERRY_AT(source.acknowledge_interval), 0ms, 10min),
         .text = "Store and report a new position at most so often; 0: at once.",
         .example = "1s"},
        {.name = "source.heartbeat",
         .how = time(WALFERRY_AT(source.heartbeat), 0ms, 24h),
         .text = "Write a logical message of the prefix walferry.heartbeat so often, so that "
                 "last_event_at tells of an idle database that the way is open; 0: never. It is "
                 "not published. Idle slots advance without it.",
         .example = "10s"},
        {.name = "source.row_max",
         .how = size(WALFERRY_AT(source.row_bytes_max), mebibyte, gibibyte),
         .text = "A larger row is an error that names its table; bounds memory.",
         .example = "64MiB"},
    };
}

std::vector<key> backlog_and_spool() {
    return {
        {.name = "source.catch_up.workers",
         .how = number<int>(WALFERRY_AT(source.catch_up.workers), 0, 64),
         .text = "Backends that decode a backlog at the same time, each on a temporary copy of "
                 "the slot, where privileges, max_replication_slots and max_connections allow it; "
                 "0 leaves all to the walsender.",
         .example = "4"},
        {.name = "source.catch_up.after",
         .how = size(WALFERRY_AT(source.catch_up.after_bytes), mebibyte, 1024 * gibibyte),
         .text = "Backlog of WAL from which they are used: what the server has written behind "
                 "the position, looked at when a stream begins.",
         .example = "1GiB"},
        {.name = "source.spool.memory",
         .how = size(WALFERRY_AT(source.spool_memory_bytes), 65536, 16 * gibibyte),
         .text = "Memory for transactions in progress; what is more goes to the disk.",
         .example = "64MiB"},
        {.name = "source.spool.disk",
         .how = size(WALFERRY_AT(source.spool_disk_bytes), mebibyte, 1024 * 1024 * gibibyte),
         .text = "Disk space for transactions in progress.",
         .example = "64GiB"},
        {.name = "source.spool.directory",
         .how = text(WALFERRY_AT(source.spool_directory)),
         .text = "Folder of the spool; needs no backup.",
         .example = "/var/lib/walferry",
         .default_text = "$TMPDIR, else /var/tmp"},
    };
}

}  // namespace

std::vector<key> source_keys() {
    return join_keys({what_is_read, how_it_is_read, backlog_and_spool});
}

}  // namespace walferry::config
