#include "lib/encode/raw_column.hpp"

#include "lib/config/additional_column.hpp"
#include "lib/encode/json_text.hpp"

#include <algorithm>

namespace walferry::encode {
namespace {

using pgoutput::value_kind;

// What a header shows of a value that events have as a JSON string.
std::string_view without_quotes(text_buffer& json) {
    auto size = json.size();
    if (size < 2 || json.view().front() != '"') {
        return json.view();
    }
    json.reserve(size);  // so that what is read does not move
    append_unescaped(json, json.view().substr(1, size - 2));
    return json.view_from(size);
}

}  // namespace

result<raw_column> raw_column::make(const context& global, const table_shape& shape,
                                    const std::string& setting, const std::string& name) {
    const auto& columns = shape.table->columns;
    auto found = std::find_if(columns.begin(), columns.end(),
                              [&](const auto& column) { return column.name == name; });
    auto unfit = [&](const std::string& why, std::string hint) {
        return fail(error_kind::table_unfit,
                    setting + " names column \"" + name + "\", which " + why + " table " +
                        to_string(*shape.table),
                    std::move(hint));
    };
    if (found == columns.end()) {
        return unfit("is not in", "set " + setting + " to a column of the table");
    }
    raw_column made;
    made.index_ = static_cast<std::uint32_t>(found - columns.begin());
    bool is_masked = made.index_ < shape.masks.size() && shape.masks[made.index_] != nullptr;
    if (is_masked) {
        return unfit("events.masks hides in", "take the column out of events.masks");
    }
    if (std::find(shape.columns.begin(), shape.columns.end(), made.index_) == shape.columns.end()) {
        return unfit("source.columns leaves out of", "take the column into source.columns");
    }
    auto writer = row_writer::make(shape, *global.events, {made.index_}, row_writer::purpose::key);
    if (!writer) {
        return tl::unexpected(std::move(writer.error()));
    }
    made.writer_ = std::move(*writer);
    return made;
}

std::optional<std::string_view> raw_column::text(pgoutput::row row, workspace& space) {
    const auto& value = row[index_];
    if (value.kind == value_kind::text) {
        return value.bytes;
    }
    if (value.kind != value_kind::binary) {
        return std::nullopt;
    }
    text_.clear();
    if (space.types == nullptr ||
        !values::append_text(text_, plan().layout, value.bytes, *space.types)) {
        text_.append("\\x");
        append_hex(text_, value.bytes);
    }
    return text_.view();
}

std::optional<std::string_view> raw_column::bytes(pgoutput::row row, workspace& space) {
    const auto& value = row[index_];
    bool is_bytea = plan().layout.what == values::family::bytea;
    if (is_bytea && value.kind == value_kind::binary) {
        return value.bytes;
    }
    auto shown = text(row, space);
    if (!is_bytea || !shown || !shown->starts_with("\\x")) {
        return shown;
    }
    text_.clear();
    return append_unhexed(text_, shown->substr(2)) ? text_.view() : *shown;
}

void raw_column::append_json(text_buffer& out, pgoutput::row row, workspace& space) const {
    writer_.append_value_of(out, 0, row, space);
}

result<placed_columns> placed_columns::make(const context& global, const table_shape& shape,
                                            const std::string& setting,
                                            const std::vector<std::string>& texts) {
    placed_columns made;
    for (const auto& text : texts) {
        auto read = config::read_additional(text);
        if (!read) {
            return fail(error_kind::config_invalid,
                        setting + ": \"" + text + "\" is not column:header[:alias]");
        }
        auto column = raw_column::make(global, shape, setting, read->column);
        if (!column) {
            return tl::unexpected(std::move(column.error()));
        }
        auto& into = read->in_envelope ? made.members : made.headers;
        into.push_back({std::move(*column), read->name, "," + json_of(read->name) + ":", {}});
    }
    return made;
}

void placed_columns::append_headers(std::vector<header>& out, pgoutput::row row, workspace& space) {
    for (auto& placed : headers) {
        if (!placed.column.text(row, space)) {
            out.push_back({placed.name, std::nullopt});
            continue;
        }
        placed.json.clear();
        placed.column.append_json(placed.json, row, space);
        out.push_back({placed.name, without_quotes(placed.json)});
    }
}

std::vector<std::string> headers_with_position(const config::event_settings& events) {
    std::vector<std::string> names{"position"};
    std::copy_if(events.headers.begin(), events.headers.end(), std::back_inserter(names),
                 [](const auto& name) { return name != "position"; });
    return names;
}

bool skips_inserts(const config::event_settings& events) {
    return std::find(events.skip.begin(), events.skip.end(), "c") != events.skip.end();
}

}  // namespace walferry::encode
