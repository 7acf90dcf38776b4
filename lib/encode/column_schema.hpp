#pragma once

#include "lib/change/catalog.hpp"
#include "lib/change/relation.hpp"
#include "lib/config/settings.hpp"
#include "lib/encode/connect_schema.hpp"
#include "lib/encode/value_plan.hpp"

namespace walferry::encode {

// The schema of what a plan writes, without what belongs to a column: optional, default, comment.
connect_schema schema_of(const value_plan& plan);

// What `events.schema_source_types` adds to the schema of a column: its type in PostgreSQL, with
// length and scale as Debezium counts them, and its name.
void add_source_type(connect_schema& schema, const change::column& column,
                     const change::catalog& types);

// What a mask tells readers about itself.
void add_mask(connect_schema& schema, const config::mask_rule& rule);

}  // namespace walferry::encode
