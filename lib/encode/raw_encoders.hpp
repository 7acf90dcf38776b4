#pragma once

#include "lib/encode/encoder.hpp"

namespace walferry::encode {

// Rows of an outbox: each insert is a message, as Debezium's EventRouter makes it; updates, deletes
// and truncates are not published. Errors: table_unfit.
result<std::unique_ptr<table_encoder>> make_outbox_encoder(const context& global,
                                                           const table_shape& shape);

// Rows of an append-only table of events: each insert goes out as it is, and any other change is
// history_changed. Errors: table_unfit.
result<std::unique_ptr<table_encoder>> make_event_store_encoder(const context& global,
                                                                const table_shape& shape);

}  // namespace walferry::encode
