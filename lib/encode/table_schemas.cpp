#include "lib/encode/table_schemas.hpp"

#include "lib/encode/column_default.hpp"
#include "lib/encode/column_schema.hpp"
#include "lib/encode/names.hpp"

namespace walferry::encode {

result<table_schemas> table_schemas::make(const context& global, const table_shape& shape) {
    auto patterns = config::pattern_list::compile(global.events->schema_source_types,
                                                  config::pattern_subject::column);
    if (!patterns) {
        return tl::unexpected(std::move(patterns.error()));
    }
    return table_schemas{*global.events, shape, std::move(*patterns)};
}

std::string table_schemas::name(std::string_view last) const {
    return adjusted_schema_name(shape_->topic + "." + std::string{last}, events_->names);
}

const change::column_description* table_schemas::description_of(
    const change::column& column) const {
    if (shape_->description == nullptr) {
        return nullptr;
    }
    for (const auto& each : shape_->description->columns) {
        if (each.name == column.name) {
            return &each;
        }
    }
    return nullptr;
}

connect_schema table_schemas::column(const column_writer& writer) const {
    const auto& column = shape_->table->columns[writer.index];
    const auto* description = description_of(column);
    auto schema = schema_of(writer.plan);
    schema.optional(description == nullptr || !description->not_null);
    const auto* type = catalog_of(*shape_).type(column.type);
    bool is_domain = type != nullptr && type->kind == 'd';
    if (description != nullptr && !is_domain) {
        schema.by_default(default_json(writer.plan, *description));
    }
    if (description != nullptr && events_->schema_comments && !description->comment.empty()) {
        schema.documented(description->comment);
    }
    return schema;
}

void table_schemas::decorate(connect_schema& schema, const column_writer& writer) const {
    const auto& table = *shape_->table;
    const auto& column = table.columns[writer.index];
    const auto& masks = shape_->masks;
    if (writer.index < masks.size() && masks[writer.index] != nullptr) {
        add_mask(schema, *masks[writer.index]);
    }
    if (!source_types_.empty() && source_types_.has_column(table.schema, table.name, column.name)) {
        add_source_type(schema, column, catalog_of(*shape_));
    }
}

connect_schema table_schemas::key(const row_writer& columns) const {
    auto schema = connect_schema::structure();
    schema.named(name("Key"), 0);
    for (const auto& writer : columns.columns()) {
        schema.field(writer.name, column(writer));
    }
    return schema;
}

connect_schema table_schemas::row(const row_writer& columns, image of) const {
    auto schema = connect_schema::structure();
    schema.named(name("Value"), 0).optional();
    for (const auto& writer : columns.columns()) {
        auto field = column(writer);
        decorate(field, writer);
        if (of == image::before && !writer.in_identity) {
            field.optional();
        }
        schema.field(writer.name, field);
    }
    return schema;
}

connect_schema table_schemas::envelope(const row_writer& columns) const {
    auto time = connect_schema{"int64"}.optional();
    auto schema = connect_schema::structure();
    schema.named(name("Envelope"), 2);
    schema.field("before", row(columns, image::before));
    schema.field("after", row(columns, image::after));
    schema.field("source", source_schema());
    schema.field("transaction", transaction_block_schema());
    schema.field("op", connect_schema{"string"});
    schema.field("ts_ms", time).field("ts_us", time).field("ts_ns", time);
    return schema;
}

}  // namespace walferry::encode
