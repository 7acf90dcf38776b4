#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The typed configuration: what the keys of interface.md become. Plain values, filled by load() and
// read by every other module; the one table of keys in keys.cpp is their only source.
namespace walferry::config {

using duration = std::chrono::milliseconds;

enum class event_format { debezium, plain, cloudevents };
enum class event_encoding { json, json_schema, avro };
enum class decimal_mode { precise, double_precision, string };
enum class time_mode {
    adaptive,
    adaptive_time_microseconds,
    connect,
    isostring,
    microseconds,
    nanoseconds,
};
enum class binary_mode { bytes, base64, base64_url_safe, hex };
enum class interval_mode { numeric, string };
enum class hstore_mode { json, map };
enum class unknown_types { text, omit, bytes };
enum class name_adjustment { none, avro, avro_unicode };
enum class snapshot_mode { initial, never, only, when_needed };
enum class delivery_mode { at_least_once, exactly_once };
enum class poison_policy { stop, dead_letter, skip };
enum class log_format { automatic, text, json };
enum class log_level { debug, info, warning, error };
enum class flatten_deletes {
    drop,
    tombstone,
    rewrite,
    rewrite_with_tombstone,
    delete_to_tombstone,
    none,
};
enum class streaming_mode { off, on, parallel };

struct catch_up_settings {
    int workers = 2;                         // 0 leaves all to the walsender
    std::uint64_t after_bytes = 256u << 20;  // backlog from which backends decode in parallel
};

struct source_settings {
    std::string url;          // libpq connection string or URI; may be empty (PG* variables)
    std::string slot;         // default walferry_<name>
    std::string publication;  // default walferry_<name>
    bool create = true;
    bool publish_via_partition_root = false;
    std::vector<std::string> tables;    // patterns; empty: all that the publication has
    std::vector<std::string> columns;   // patterns schema.table.column; empty: all
    std::vector<std::string> messages;  // patterns of prefixes; empty: all
    bool binary = false;
    streaming_mode streaming = streaming_mode::off;
    bool wait_for_slot = true;
    std::vector<std::string> wait_for_standbys;
    duration connect_timeout{10'000};
    duration startup_timeout{30'000};    // give up (exit 4) when never connected for so long
    duration status_interval{10'000};    // standby status at least so often
    duration heartbeat{0};               // write a logical message so often; 0: never
    duration acknowledge_interval{100};  // pause between reports of a new position; 0: at once
    std::uint64_t row_bytes_max = 256u << 20;
    std::uint64_t spool_memory_bytes = 8u << 20;
    std::uint64_t spool_disk_bytes = std::uint64_t{64} << 30;
    std::string spool_directory;  // default: $TMPDIR, else /var/tmp
    catch_up_settings catch_up;
};

struct topic_settings {
    std::string name = "{name}.{schema}.{table}";
    struct rewrite_rule {
        std::string match;  // RE2, must match whole
        std::string replace;
    };
    std::vector<rewrite_rule> rewrite;
    bool create = true;
    int partitions = 1;
    int replication_factor = -1;                // -1: the broker's default
    std::map<std::string, std::string> config;  // Kafka topic settings for topics that we create
    std::map<std::string, std::vector<std::string>> partition_by;  // table pattern -> columns
};

struct mask_rule {
    enum class kind { fixed, hash, truncate };
    std::vector<std::string> columns;  // patterns schema.table.column
    kind what = kind::fixed;
    int length = 0;         // fixed: asterisks; truncate: characters
    std::string algorithm;  // hash: e.g. SHA-256
    std::string salt;
};

struct flatten_settings {
    bool enabled = false;
    flatten_deletes deletes = flatten_deletes::tombstone;
    std::vector<std::string> add_fields;
    std::vector<std::string> add_headers;
    std::string prefix = "__";
};

struct event_settings {
    event_format format = event_format::debezium;
    event_encoding encoding = event_encoding::json;
    decimal_mode decimal = decimal_mode::precise;
    time_mode time = time_mode::adaptive;
    binary_mode binary = binary_mode::bytes;
    interval_mode interval = interval_mode::numeric;
    hstore_mode hstore = hstore_mode::json;
    int money_digits = 2;
    std::string unavailable_value = "__debezium_unavailable_value";
    unknown_types unknown = unknown_types::text;
    bool tombstones = true;
    bool transactions = false;
    std::vector<std::string> skip;  // operations c u d t
    bool skip_unchanged = false;
    duration heartbeat{0};
    std::map<std::string, std::vector<std::string>> keys;  // table pattern -> columns
    name_adjustment names = name_adjustment::none;
    name_adjustment field_names = name_adjustment::none;
    bool schema_comments = false;
    std::vector<std::string> schema_source_types;  // column patterns
    std::vector<mask_rule> masks;
    std::vector<std::string> headers;  // of: position, and what the manual lists
    flatten_settings flatten;
};

struct outbox_settings {
    std::string table;  // pattern; empty: off
    std::string id = "id";
    std::string key = "aggregateid";
    std::string type = "type";
    std::string payload = "payload";
    std::string timestamp;
    std::string route_by = "aggregatetype";
    std::string topic = "outbox.event.${routedByValue}";
    std::vector<std::string> additional;  // column:header|envelope[:alias]
    bool expand_json = false;
    bool raw = false;
    bool tombstone_on_empty = false;
};

struct event_store_settings {
    std::string table;  // pattern; empty: off
    std::string stream = "stream";
    std::string version = "version";
    std::string type = "type";
    std::string payload = "payload";
    std::string category;  // column; empty: the stream's name up to the first '-'
    std::string topic = "{name}.{category}";
    std::vector<std::string> additional;  // column:header[:alias]
    std::string pass_over;                // commit LSN of a transaction; empty: none
};

// What the rows of a table are: changes of its state, or messages of their own.
enum class table_use { changes, outbox, event_store };

struct route_settings {
    outbox_settings outbox;
    event_store_settings event_store;
};

struct kafka_settings {
    bool enabled = false;
    std::map<std::string, std::string> properties;  // librdkafka's own, word for word
    std::uint64_t in_flight_bytes_max = 8u << 20;
    duration stall_timeout{60'000};  // outstanding records and no confirmation for so long: replay
};

struct stdout_settings {
    bool enabled = false;
    std::string state_file;
};

struct sink_settings {
    kafka_settings kafka;
    stdout_settings standard_output;
};

struct snapshot_settings {
    snapshot_mode mode = snapshot_mode::initial;
    int workers = 1;
    std::uint64_t chunk_rows = 10'000;
    duration max_transaction{600'000};
    bool new_tables = false;
};

struct http_settings {
    std::string listen = "127.0.0.1:8480";  // host:port; empty: no endpoint
    std::string token;                      // for what changes state; empty: nothing does
};

struct log_settings {
    log_format format = log_format::automatic;
    log_level level = log_level::info;
};

struct settings {
    std::string name;  // first part of topic names; default: the database's name
    source_settings source;
    sink_settings sink;
    event_settings events;
    topic_settings topics;
    route_settings route;
    snapshot_settings snapshot;
    delivery_mode delivery = delivery_mode::at_least_once;
    poison_policy on_poison = poison_policy::stop;
    std::string dead_letter_topic;  // default {name}.dead_letter
    duration shutdown_timeout{30'000};
    bool accept_gap = false;
    http_settings http;
    log_settings log;
    int metrics_tables_max = 100;
};

}  // namespace walferry::config
