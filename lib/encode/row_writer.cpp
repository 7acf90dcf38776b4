#include "lib/encode/row_writer.hpp"

#include "lib/encode/json_text.hpp"
#include "lib/encode/mask.hpp"
#include "lib/encode/names.hpp"
#include "lib/encode/plain_plan.hpp"

namespace walferry::encode {
namespace {

using pgoutput::value_kind;

value_plan make_plan(change::oid type, std::int32_t modifier, const change::catalog& types,
                     const config::event_settings& events) {
    return events.format == config::event_format::plain
               ? make_plain_plan(type, modifier, types, events)
               : make_value_plan(type, modifier, types, events);
}

void append_name(text_buffer& names, std::string_view name) {
    names.append(names.empty() ? '[' : ',');
    append_json(names, name);
}

bool holds_json_null(const value_plan& plan, const pgoutput::column_value& value) {
    if (value.kind == value_kind::null || plan.hidden_by != nullptr) {
        return false;
    }
    bool has_version =
        value.kind == value_kind::binary && plan.layout.what == values::family::versioned_text;
    return is_json_null(value.bytes.substr(has_version && !value.bytes.empty() ? 1 : 0));
}

}  // namespace

const change::catalog& catalog_of(const table_shape& shape) {
    static const change::catalog only_builtins;
    return shape.types == nullptr ? only_builtins : *shape.types;
}

result<row_writer> row_writer::make(const table_shape& shape, const config::event_settings& events,
                                    const std::vector<std::uint32_t>& columns, purpose what) {
    row_writer made;
    const auto& types = catalog_of(shape);
    for (auto index : columns) {
        const auto& column = shape.table->columns[index];
        column_writer writer;
        writer.plan = make_plan(column.type, column.type_modifier, types, events);
        const auto* rule = index < shape.masks.size() ? shape.masks[index] : nullptr;
        if (what == purpose::row && !writer.plan.known &&
            events.unknown == config::unknown_types::omit) {
            continue;
        }
        if (rule != nullptr) {
            if (auto hidden = hide(writer.plan, *rule, events); !hidden) {
                return tl::unexpected(std::move(hidden.error()));
            }
        }
        writer.index = index;
        writer.in_identity = column.in_identity;
        writer.name = adjusted_name(column.name, events.field_names);
        writer.before = label{(made.columns_.empty() ? "" : ",") + json_of(writer.name) + ":"};
        made.all_in_identity_ = made.all_in_identity_ && writer.in_identity;
        made.columns_.push_back(std::move(writer));
    }
    return made;
}

void row_writer::append(text_buffer& out, pgoutput::row row, bool only_identity,
                        workspace& space) const {
    out.append('{');
    append_members(out, row, only_identity, space);
    out.append('}');
}

void row_writer::append_other(text_buffer& out, const column_writer& column,
                              const pgoutput::column_value& value, workspace& space) {
    if (value.kind == value_kind::null) {
        out.append(column.plan.null);
    } else if (value.kind == value_kind::unchanged) {
        out.append(column.plan.unavailable);
    } else {
        append_binary(column.plan, value.bytes, out, space);
    }
}

void row_writer::append_value_of(text_buffer& out, std::size_t n, pgoutput::row row,
                                 workspace& space) const {
    const auto& column = columns_[n];
    const auto& value = row[column.index];
    if (value.kind == value_kind::text) {
        append_value(column.plan, value.bytes, out, space);
    } else {
        append_other(out, column, value, space);
    }
}

void row_writer::append_members(text_buffer& out, pgoutput::row row, bool only_identity,
                                workspace& space) const {
    for (const auto& column : columns_) {
        column.before.append_to(out);
        const auto& value = row[column.index];
        if (only_identity && !column.in_identity) {
            out.append("null");
        } else if (value.kind == value_kind::text) [[likely]] {
            append_value(column.plan, value.bytes, out, space);
        } else {
            append_other(out, column, value, space);
        }
    }
}

void row_writer::append_known(text_buffer& out, pgoutput::row row, bool only_identity,
                              workspace& space, remarks& about) const {
    out.append('{');
    bool first = true;
    for (const auto& column : columns_) {
        const auto& value = row[column.index];
        if (only_identity && !column.in_identity) {
            continue;
        }
        if (value.kind == value_kind::unchanged) {
            append_name(about.left_out, column.name);
            continue;
        }
        if (column.plan.embeds_json && holds_json_null(column.plan, value)) {
            append_name(about.json_nulls, column.name);
        }
        auto before = column.before.view();
        before.remove_prefix(before.front() == ',' ? 1 : 0);
        if (!first) {
            out.append(',');
        }
        first = false;
        out.append(before);
        if (value.kind == value_kind::text) {
            append_value(column.plan, value.bytes, out, space);
        } else {
            append_other(out, column, value, space);
        }
    }
    out.append('}');
    for (auto* names : {&about.left_out, &about.json_nulls}) {
        if (!names->empty()) {
            names->append(']');
        }
    }
}

bool row_writer::knows(pgoutput::row row, bool only_identity) const {
    if (only_identity && !all_in_identity_) {
        return false;
    }
    for (const auto& column : columns_) {
        if (row[column.index].kind == value_kind::unchanged) {
            return false;
        }
    }
    return true;
}

bool row_writer::same(pgoutput::row a, pgoutput::row b) const {
    for (const auto& column : columns_) {
        const auto& left = a[column.index];
        const auto& right = b[column.index];
        if (left.kind != right.kind || left.bytes != right.bytes) {
            return false;
        }
    }
    return true;
}

}  // namespace walferry::encode
