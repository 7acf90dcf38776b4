#pragma once

#include "lib/config/settings.hpp"
#include "lib/encode/connect_schema.hpp"
#include "lib/encode/schema_frame.hpp"

// Schemas that are the same for every table: Debezium's parts of an event, and its side topics.
namespace walferry::encode {

// The schema's frame when the encoding has schemas, else none.
schema_frame frame_for(const config::event_settings& events, const connect_schema& schema);

connect_schema source_schema();             // the member `source`
connect_schema snapshot_schema();           // its member `snapshot`
connect_schema transaction_block_schema();  // the member `transaction`

connect_schema transaction_key_schema();
connect_schema transaction_value_schema();
connect_schema message_key_schema();
connect_schema message_value_schema(config::binary_mode content);
connect_schema heartbeat_key_schema();
connect_schema heartbeat_value_schema();

// Of bytes in the mode: text unless it is bytes.
connect_schema bytes_schema(config::binary_mode mode);

}  // namespace walferry::encode
