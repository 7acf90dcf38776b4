#include "lib/encode/encoder.hpp"
#include "lib/encode/fixed_schemas.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/source_block.hpp"

namespace walferry::encode {

heartbeat_encoder::heartbeat_encoder(const context& global)
    : value_frame_(frame_for(*global.events, heartbeat_value_schema())) {
    auto frame = frame_for(*global.events, heartbeat_key_schema());
    key_ = frame.open() + "{\"serverName\":" + json_of(global.name) + "}" + frame.close();
}

encoded_record heartbeat_encoder::encode(unix_time now) {
    value_ = value_frame_.open() + "{\"ts_ms\":" + std::to_string(milliseconds(now)) + "}" +
             value_frame_.close();
    encoded_record made;
    made.what.key = key_;
    made.what.value = value_;
    made.what.timestamp_ms = milliseconds(now);
    made.partition_key = key_;
    made.has_partition_key = true;
    return made;
}

}  // namespace walferry::encode
