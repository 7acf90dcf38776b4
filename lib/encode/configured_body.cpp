#include "lib/encode/change_encoder.hpp"
#include "lib/encode/event_body.hpp"

namespace walferry::encode {
namespace {

made_body make_body(const context& global, const table_shape& shape) {
    const auto& events = *global.events;
    if (events.encoding == config::event_encoding::avro) {
        return fail(error_kind::table_unfit,
                    "events.encoding: avro is not supported in this version",
                    "events.encoding: json or json-schema");
    }
    switch (events.format) {
        case config::event_format::plain:
            return make_plain_body(global, shape);
        case config::event_format::cloudevents:
            return make_cloud_event(global, shape);
        case config::event_format::debezium:
            break;
    }
    return events.flatten.enabled ? make_flat_body(global, shape) : make_envelope(global, shape);
}

}  // namespace

result<std::unique_ptr<table_encoder>> make_change_encoder(const context& global,
                                                           table_shape shape) {
    auto body = make_body(global, shape);
    if (!body) {
        return tl::unexpected(std::move(body.error()));
    }
    return change_encoder::make(global, std::move(shape), std::move(*body));
}

}  // namespace walferry::encode
