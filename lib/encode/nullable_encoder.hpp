#pragma once

#include "lib/encode/encoder.hpp"

#include <memory>

namespace walferry::encode {

// For tables whose records have a schema beside them: a column that is NOT NULL in today's catalog
// may hold NULL in a row that is older, and a schema that requires it would make the row
// unreadable. From the first such row on the column is optional. Errors: table_unfit.
result<std::unique_ptr<table_encoder>> make_nullable_encoder(const context& global,
                                                             table_shape shape);

}  // namespace walferry::encode
