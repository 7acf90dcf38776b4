#include "lib/encode/encoder.hpp"

#include "lib/encode/change_encoder.hpp"
#include "lib/encode/event_body.hpp"

namespace walferry::encode {

namespace {

// What the configuration knows and nothing here can write yet: refused, never half done.
result<void> check_supported(const config::event_settings& events) {
    std::string what = events.encoding == config::event_encoding::json_schema
                           ? "encoding: json-schema"
                       : events.encoding == config::event_encoding::avro    ? "encoding: avro"
                       : events.format == config::event_format::cloudevents ? "format: cloudevents"
                       : events.flatten.enabled                             ? "flatten"
                                                                            : "";
    if (what.empty()) {
        return {};
    }
    return fail(error_kind::table_unfit, "events." + what + " is not supported in this version",
                "events: {format: debezium, encoding: json}");
}

}  // namespace

result<std::unique_ptr<table_encoder>> make_table_encoder(const context& global,
                                                          table_shape shape) {
    if (auto supported = check_supported(*global.events); !supported) {
        return tl::unexpected(std::move(supported.error()));
    }
    auto body = global.events->format == config::event_format::plain
                    ? make_plain_body(global, shape)
                    : make_envelope(global, shape);
    if (!body) {
        return tl::unexpected(std::move(body.error()));
    }
    return change_encoder::make(global, std::move(shape), std::move(*body));
}

}  // namespace walferry::encode
