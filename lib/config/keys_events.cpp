#include "lib/config/keys.hpp"
#include "lib/config/make_field.hpp"

namespace walferry::config {
namespace {

using namespace std::chrono_literals;

std::vector<key> form_keys() {
    return {
        {.name = "events.format",
         .how = choice<event_format>(WALFERRY_AT(events.format)),
         .text = "Debezium's envelope, the lossless plain format, or CloudEvents.",
         .example = "plain"},
        {.name = "events.encoding",
         .how = choice<event_encoding>(WALFERRY_AT(events.encoding)),
         .text = "JSON, JSON with its schema in every key and value, or Avro.",
         .example = "json-schema"},
        {.name = "events.headers",
         .how =
             words(WALFERRY_AT(events.headers), "a header",
                   {"position", "operation", "schema", "table", "xid", "commit_time", "context"}),
         .text = "Headers to add to every record.",
         .example = "[position]"},
        {.name = "events.names",
         .how = choice<name_adjustment>(WALFERRY_AT(events.names)),
         .text = "How names of schemas are made legal.",
         .example = "avro"},
        {.name = "events.field_names",
         .how = choice<name_adjustment>(WALFERRY_AT(events.field_names)),
         .text = "How names of fields are made legal.",
         .example = "avro"},
        {.name = "events.schema_comments",
         .how = boolean(WALFERRY_AT(events.schema_comments)),
         .text = "Put the comments of tables and columns into schemas.",
         .example = "true"},
        {.name = "events.schema_source_types",
         .how = patterns(WALFERRY_AT(events.schema_source_types), pattern_subject::column),
         .text = "Patterns schema.table.column: put PostgreSQL's types into the schemas of these.",
         .example = "[public.*.*]"},
    };
}

std::vector<key> value_keys() {
    return {
        {.name = "events.decimal",
         .how = choice<decimal_mode>(WALFERRY_AT(events.decimal)),
         .text = "numeric and decimal: exact bytes, floating point, or text.",
         .example = "string"},
        {.name = "events.time",
         .how = choice<time_mode>(WALFERRY_AT(events.time)),
         .text = "Dates and times: by the column's precision, or all in one way.",
         .example = "isostring"},
        {.name = "events.binary",
         .how = choice<binary_mode>(WALFERRY_AT(events.binary)),
         .text = "bytea.",
         .example = "hex"},
        {.name = "events.interval",
         .how = choice<interval_mode>(WALFERRY_AT(events.interval)),
         .text = "interval: microseconds, or ISO 8601 text.",
         .example = "string"},
        {.name = "events.hstore",
         .how = choice<hstore_mode>(WALFERRY_AT(events.hstore)),
         .text = "hstore: JSON text, or a map.",
         .example = "map"},
        {.name = "events.money_digits",
         .how = number<int>(WALFERRY_AT(events.money_digits), 0, 18),
         .text = "Digits of money after the point.",
         .example = "2"},
        {.name = "events.unavailable_value",
         .how = text(WALFERRY_AT(events.unavailable_value)),
         .text = "Stands for a TOASTed value that PostgreSQL did not send.",
         .example = "__unavailable"},
        {.name = "events.unknown_types",
         .how = choice<unknown_types>(WALFERRY_AT(events.unknown)),
         .text = "Columns of a type walferry does not know: PostgreSQL's text, bytes, or nothing.",
         .example = "omit"},
    };
}

std::vector<key> mask_keys() {
    return {
        {.name = "events.masks",
         .how =
             node_field(value_type::mask_rules, WALFERRY_AT(events.masks), masks_of, write_masks),
         .text = "Hide values: {columns, fixed: N}, {columns, hash: SHA-256, salt: …} or "
                 "{columns, truncate: N}; the first rule that fits a column counts.",
         .example = "[{columns: [public.users.email], hash: SHA-256, salt: \"${file:/etc/salt}\"}]",
         .secret = secrecy::salt},
    };
}

std::vector<key> which_keys() {
    return {
        {.name = "events.keys",
         .how = columns(WALFERRY_AT(events.keys)),
         .text = "Record keys of tables: pattern schema.table to list of columns.",
         .example = "{public.orders: [customer_id, id]}",
         .default_text = "the primary key or replica identity"},
        {.name = "events.tombstones",
         .how = boolean(WALFERRY_AT(events.tombstones)),
         .text = "Follow a delete by a record without value, so that compaction forgets the key.",
         .example = "false"},
        {.name = "events.transactions",
         .how = boolean(WALFERRY_AT(events.transactions)),
         .text = "Mark transactions: a block in each event, and a topic of begins and ends.",
         .example = "true"},
        {.name = "events.skip",
         .how = words(WALFERRY_AT(events.skip), "an operation", {"c", "u", "d", "t"}),
         .text = "Operations to leave out: c inserts, u updates, d deletes, t truncates.",
         .example = "[t]"},
        {.name = "events.skip_unchanged",
         .how = boolean(WALFERRY_AT(events.skip_unchanged)),
         .text = "Leave out updates that changed no published column (REPLICA IDENTITY FULL).",
         .example = "true"},
        {.name = "events.heartbeat",
         .how = time(WALFERRY_AT(events.heartbeat), 0ms, 24h),
         .text = "Publish a heartbeat so often; 0 is off.",
         .example = "10s"},
    };
}

std::vector<key> flatten_keys() {
    return {
        {.name = "events.flatten",
         .how = toggle(WALFERRY_AT(events.flatten.enabled)),
         .text = "Publish the row alone instead of the envelope.",
         .example = "true"},
        {.name = "events.flatten.deletes",
         .how = choice<flatten_deletes>(WALFERRY_AT(events.flatten.deletes)),
         .text = "What a delete becomes: nothing, a record without value (tombstone, "
                 "delete-to-tombstone; none: followed by its tombstone), or its old row, marked by "
                 "__deleted (rewrite, or with its tombstone).",
         .example = "rewrite"},
        {.name = "events.flatten.add_fields",
         .how = texts(WALFERRY_AT(events.flatten.add_fields)),
         .text = "Fields of the envelope to add to the row; field:name renames one.",
         .example = "[op, source.ts_ms]"},
        {.name = "events.flatten.add_headers",
         .how = texts(WALFERRY_AT(events.flatten.add_headers)),
         .text = "Fields of the envelope to add as headers; field:name renames one.",
         .example = "[op]"},
        {.name = "events.flatten.prefix",
         .how = text(WALFERRY_AT(events.flatten.prefix)),
         .text = "First part of the names of what is added.",
         .example = "__"},
    };
}

}  // namespace

std::vector<key> event_keys() {
    return join_keys({form_keys, value_keys, mask_keys, which_keys, flatten_keys});
}

}  // namespace walferry::config
