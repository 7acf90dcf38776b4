#include "lib/encode/encoder.hpp"

#include "lib/encode/change_encoder.hpp"
#include "lib/encode/nullable_encoder.hpp"
#include "lib/encode/raw_encoders.hpp"

namespace walferry::encode {

result<std::unique_ptr<table_encoder>> make_table_encoder(const context& global,
                                                          table_shape shape) {
    if (shape.use == config::table_use::event_store) {
        return make_event_store_encoder(global, shape);
    }
    if (shape.use == config::table_use::outbox) {
        return make_outbox_encoder(global, shape);
    }
    bool has_schema = global.events->encoding == config::event_encoding::json_schema;
    return has_schema && shape.description != nullptr
               ? make_nullable_encoder(global, std::move(shape))
               : make_change_encoder(global, std::move(shape));
}

}  // namespace walferry::encode
