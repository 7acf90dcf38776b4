#include "lib/encode/encoder.hpp"

#include "lib/encode/change_encoder.hpp"
#include "lib/encode/event_body.hpp"

namespace walferry::encode {

result<std::unique_ptr<table_encoder>> make_table_encoder(const context& global,
                                                          table_shape shape) {
    auto body = make_envelope(global, shape);
    if (!body) {
        return tl::unexpected(std::move(body.error()));
    }
    return change_encoder::make(global, std::move(shape), std::move(*body));
}

}  // namespace walferry::encode
