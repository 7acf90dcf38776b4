#pragma once

#include "lib/config/pattern.hpp"
#include "lib/encode/encoder.hpp"
#include "lib/encode/fixed_schemas.hpp"
#include "lib/encode/row_writer.hpp"

#include <string>
#include <string_view>

namespace walferry::encode {

// Makes the schemas of one table's records. Borrows the shape; used once a relation version.
class table_schemas {
public:
    // Errors: config_invalid (events.schema_source_types).
    static result<table_schemas> make(const context& global, const table_shape& shape);

    connect_schema key(const row_writer& columns) const;

    // Of a row: after a change, or before it, when columns outside of the replica identity are not
    // known and so may be null whatever the table says.
    enum class image { after, before };
    connect_schema row(const row_writer& columns, image of) const;

    connect_schema envelope(const row_writer& columns) const;

    // A name below the topic, such as `shop.public.t.Value`.
    std::string name(std::string_view last) const;

private:
    table_schemas(const config::event_settings& events, const table_shape& shape,
                  config::pattern_list source_types)
        : events_(&events), shape_(&shape), source_types_(std::move(source_types)) {}

    connect_schema column(const column_writer& writer) const;
    void decorate(connect_schema& schema, const column_writer& writer) const;
    const change::column_description* description_of(const change::column& column) const;

    const config::event_settings* events_;
    const table_shape* shape_;
    config::pattern_list source_types_;
};

}  // namespace walferry::encode
