#include "lib/encode/fixed_schemas.hpp"

namespace walferry::encode {
namespace {

connect_schema text() {
    return connect_schema{"string"};
}

connect_schema number() {
    return connect_schema{"int64"};
}

connect_schema maybe(connect_schema schema) {
    return schema.optional();
}

const std::string common = "io.debezium.connector.common.";
const std::string postgresql = "io.debezium.connector.postgresql.";

}  // namespace

schema_frame frame_for(const config::event_settings& events, const connect_schema& schema) {
    return events.encoding == config::event_encoding::json_schema ? schema_frame{schema}
                                                                  : schema_frame{};
}

connect_schema bytes_schema(config::binary_mode mode) {
    return connect_schema{mode == config::binary_mode::bytes ? "bytes" : "string"};
}

connect_schema snapshot_schema() {
    auto snapshot = maybe(text()).named("io.debezium.data.Enum");
    return snapshot
        .parameter("allowed",
                   "true,first,first_in_data_collection,last_in_data_collection,last,false,"
                   "incremental")
        .by_default("\"false\"");
}

connect_schema source_schema() {
    auto source = connect_schema::structure();
    source.named(postgresql + "Source");
    source.field("version", text()).field("connector", text()).field("name", text());
    source.field("ts_ms", number()).field("snapshot", snapshot_schema()).field("db", text());
    source.field("sequence", maybe(text())).field("ts_us", maybe(number()));
    source.field("ts_ns", maybe(number())).field("schema", text()).field("table", text());
    source.field("txId", maybe(number())).field("lsn", maybe(number()));
    source.field("xmin", maybe(number())).field("origin", maybe(text()));
    source.field("origin_lsn", maybe(number())).field("commit_lsn", maybe(number()));
    source.field("tx_seq", maybe(number()));
    return source;
}

connect_schema transaction_block_schema() {
    auto block = connect_schema::structure();
    block.optional().named("event.block");
    block.field("id", text()).field("total_order", number());
    block.field("data_collection_order", number());
    return block;
}

connect_schema transaction_key_schema() {
    auto key = connect_schema::structure();
    return key.named(common + "TransactionMetadataKey").field("id", text());
}

connect_schema transaction_value_schema() {
    auto collection = connect_schema::structure();
    collection.optional().named("event.collection");
    collection.field("data_collection", text()).field("event_count", number());
    auto value = connect_schema::structure();
    value.named(common + "TransactionMetadataValue");
    value.field("status", text()).field("id", text()).field("event_count", maybe(number()));
    value.field("data_collections", maybe(connect_schema::array_of(collection)));
    return value.field("ts_ms", number());
}

connect_schema message_key_schema() {
    auto key = connect_schema::structure();
    return key.named(postgresql + "MessageKey").field("prefix", maybe(text()));
}

connect_schema message_value_schema(config::binary_mode content) {
    auto message = connect_schema::structure();
    message.named(postgresql + "Message").field("prefix", maybe(text()));
    message.field("content", maybe(bytes_schema(content)));
    auto value = connect_schema::structure();
    value.named(postgresql + "MessageValue").field("op", text());
    value.field("ts_ms", maybe(number())).field("source", source_schema());
    return value.field("transaction", transaction_block_schema()).field("message", message);
}

connect_schema heartbeat_key_schema() {
    auto key = connect_schema::structure();
    return key.named(common + "ServerNameKey").field("serverName", text());
}

connect_schema heartbeat_value_schema() {
    auto value = connect_schema::structure();
    return value.named(common + "Heartbeat").field("ts_ms", number());
}

}  // namespace walferry::encode
