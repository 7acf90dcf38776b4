#pragma once

#include "lib/base/error.hpp"
#include "lib/base/record.hpp"
#include "lib/base/time.hpp"
#include "lib/change/catalog.hpp"
#include "lib/change/change.hpp"
#include "lib/config/settings.hpp"
#include "lib/encode/schema_frame.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::encode {

// One record as bytes, and what its partition is computed from.
struct encoded_record {
    record what;
    std::string_view partition_key;  // usually the key's bytes; empty: the table's fixed partition
    bool has_partition_key = false;
};

// Gets the records of one change in their order: one for most, two for a delete with a tombstone,
// three for a key change. Views live until take() returns.
class record_consumer {
public:
    virtual ~record_consumer() = default;
    virtual void take(const encoded_record& made) = 0;
};

// What an encoder has to know about a table beside its relation: chosen by route, constant until
// the relation changes.
struct table_shape {
    config::table_use use = config::table_use::changes;
    const change::relation* table = nullptr;
    const change::table_description* description = nullptr;  // may be null: not known (yet)
    const change::catalog* types = nullptr;                  // outlives the encoder
    std::string topic;
    std::vector<std::uint32_t> key;           // indexes of the key columns, in the key's order
    std::vector<std::uint32_t> columns;       // indexes of the published columns, in table order
    std::vector<std::uint32_t> partition_by;  // empty: the key
    std::vector<const config::mask_rule*> masks;  // by column index; null: none
};

// Turns the changes of one table definition into records. Made once a relation version, so that
// nothing is looked up by name per row; reuses its buffers. Pure.
class table_encoder {
public:
    virtual ~table_encoder() = default;

    // Errors: not_encodable, with table and position. Nothing was handed over then.
    virtual result<void> encode(const change::change& what, const moment& now,
                                record_consumer& out) = 0;
};

class transaction_counter;  // transaction_counter.hpp: orders and counts of the open transaction

// Settings that hold for every table. What is pointed to outlives the encoders.
struct context {
    std::string name;  // of this stream: first part of topic names, source.name
    std::string database;
    const config::event_settings* events = nullptr;
    const config::route_settings* route = nullptr;  // of outbox and event store; null: neither
    transaction_counter* counter = nullptr;         // null: no `transaction` block
};

// Errors: table_unfit, when the table cannot be published as configured.
result<std::unique_ptr<table_encoder>> make_table_encoder(const context& global, table_shape shape);

// Encodes the changes that are logical messages, for the topic `<name>.message`.
result<std::unique_ptr<table_encoder>> make_message_encoder(const context& global);

// Makes the records of the topic `__debezium-heartbeat.<name>`.
class heartbeat_encoder {
public:
    explicit heartbeat_encoder(const context& global);

    // Views live until the next call.
    encoded_record encode(unix_time now);

private:
    schema_frame value_frame_;
    std::string key_;
    std::string value_;
};

}  // namespace walferry::encode
