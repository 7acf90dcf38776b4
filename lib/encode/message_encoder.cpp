// Logical messages (pg_logical_emit_message).
#include "lib/encode/encoder.hpp"
#include "lib/encode/fixed_schemas.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/plain_body.hpp"
#include "lib/encode/source_block.hpp"
#include "lib/encode/transaction_counter.hpp"
#include "lib/encode/value_plan.hpp"

namespace walferry::encode {
namespace {

class message_encoder final : public table_encoder {
public:
    explicit message_encoder(const context& global)
        : plain_(global.events->format == config::event_format::plain),
          key_frame_(frame_for(*global.events, message_key_schema())),
          value_frame_(frame_for(*global.events, message_value_schema(global.events->binary))),
          source_(global, "", ""),
          counted_(global.counter, "message") {
        content_.binary = global.events->binary;
    }

    result<void> encode(const change::change& what, const moment& now,
                        record_consumer& out) override {
        if (what.message == nullptr) {
            return fail(error_kind::internal, "a row reached the encoder of logical messages");
        }
        key_.clear();
        key_.append(key_frame_.open());
        key_.append("{\"prefix\":");
        append_json(key_, what.message->prefix);
        key_.append('}');
        key_.append(key_frame_.close());
        value_.clear();
        plain_ ? append_plain(what) : append_envelope(what, now);
        encoded_record made;
        made.what.key = key_.view();
        made.what.value = value_.view();
        made.what.timestamp_ms = milliseconds(event_time(what, now));
        made.what.sequence = what.at.sequence;
        made.partition_key = key_.view();
        made.has_partition_key = true;
        out.take(made);
        return {};
    }

private:
    void append_envelope(const change::change& what, const moment& now) {
        value_.append(value_frame_.open());
        value_.append("{\"op\":\"m\",\"ts_ms\":");
        value_.append_number(milliseconds(now.wall));
        value_.append(',');
        source_.append(value_, what, now);
        value_.append("},\"transaction\":");
        counted_.append_block(value_, what);
        value_.append(",\"message\":{\"prefix\":");
        append_json(value_, what.message->prefix);
        value_.append(",\"content\":");
        writers::text_as_bytes(content_, what.message->content, value_, space_);
        value_.append("}}");
        value_.append(value_frame_.close());
    }

    void append_plain(const change::change& what) {
        counted_.count(what);
        append_plain_head(value_, what, change::operation::message);
        value_.append(what.in == nullptr ? R"(,"transactional":false,"prefix":)"
                                         : R"(,"transactional":true,"prefix":)");
        append_json(value_, what.message->prefix);
        if (is_utf8(what.message->content)) {
            value_.append(R"(,"content":)");
            append_json(value_, what.message->content);
        } else {
            value_.append(R"(,"content_base64":")");
            append_base64(value_, what.message->content);
            value_.append('"');
        }
        value_.append('}');
    }

    bool plain_;
    schema_frame key_frame_;
    schema_frame value_frame_;
    source_block source_;
    value_plan content_;
    counted_collection counted_;
    workspace space_;
    text_buffer key_;
    text_buffer value_;
};

}  // namespace

result<std::unique_ptr<table_encoder>> make_message_encoder(const context& global) {
    return std::make_unique<message_encoder>(global);
}

}  // namespace walferry::encode
