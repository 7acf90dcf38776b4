#include "lib/encode/outbox_parts.hpp"

#include "decoders/values/calendar.hpp"
#include "decoders/values/date_time.hpp"
#include "lib/base/time.hpp"
#include "lib/encode/headers.hpp"
#include "lib/encode/pg_types.hpp"
#include "lib/encode/plain_plan.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace walferry::encode {
namespace {

// EventRouter needs no column for the type; where there is one, it is shown.
std::vector<std::string> additional_of(const config::outbox_settings& settings,
                                       const change::relation& table) {
    auto texts = settings.additional;
    if (std::any_of(table.columns.begin(), table.columns.end(),
                    [&](const auto& column) { return column.name == settings.type; })) {
        texts.push_back(settings.type + ":header:walferry.type");
    }
    return texts;
}

bool has_time(change::oid type) {
    return type == pg::int8 || type == pg::int4 || type == pg::timestamp ||
           type == pg::timestamptz || type == pg::date;
}

result<std::optional<raw_column>> timestamp_column(const context& global,
                                                   const table_shape& shape) {
    const auto& name = global.route->outbox.timestamp;
    if (name.empty()) {
        return std::nullopt;
    }
    auto column = raw_column::make(global, shape, "route.outbox.timestamp", name);
    if (!column) {
        return tl::unexpected(std::move(column.error()));
    }
    if (!has_time(column->type())) {
        return fail(error_kind::table_unfit,
                    "route.outbox.timestamp names column \"" + name + "\" of table " +
                        to_string(*shape.table) + ", which holds no time",
                    "a column of type timestamptz, timestamp or date, or bigint with "
                    "milliseconds since 1970");
    }
    return std::optional{std::move(*column)};
}

}  // namespace

result<outbox_parts> outbox_parts::make(const context& global, const table_shape& shape) {
    const auto& settings = global.route->outbox;
    auto id = raw_column::make(global, shape, "route.outbox.id", settings.id);
    auto key = raw_column::make(global, shape, "route.outbox.key", settings.key);
    auto payload = raw_column::make(global, shape, "route.outbox.payload", settings.payload);
    for (auto* column : {&id, &key, &payload}) {
        if (!*column) {
            return tl::unexpected(std::move(column->error()));
        }
    }
    auto timestamp = timestamp_column(global, shape);
    if (!timestamp) {
        return tl::unexpected(std::move(timestamp.error()));
    }
    auto placed = placed_columns::make(global, shape, "route.outbox.additional",
                                       additional_of(settings, *shape.table));
    if (!placed) {
        return tl::unexpected(std::move(placed.error()));
    }
    if (auto names = header_writer{global.events->headers, global.name}.check(); !names) {
        return tl::unexpected(std::move(names.error()));
    }
    return outbox_parts{
        std::move(*id),      std::move(*key),
        std::move(*payload), std::move(*timestamp),
        std::move(*placed),  make_plain_plan(pg::json, -1, catalog_of(shape), *global.events)};
}

bool is_document(change::oid type, std::string_view text) {
    auto start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || (text[start] != '{' && text[start] != '[')) {
        return false;
    }
    return type == pg::json || type == pg::jsonb || nlohmann::json::accept(text);
}

std::optional<std::int64_t> record_time(change::oid type, std::string_view text) {
    std::int64_t time = -1;
    if (type == pg::int8 || type == pg::int4) {
        std::from_chars(text.data(), text.data() + text.size(), time);
    } else if (type == pg::date) {
        auto read = values::read_date(text);
        if (read && read->size == values::extent::finite) {
            time = (std::int64_t{read->days} + values::days_1970_to_2000) * 86'400'000;
        }
    } else if (auto read = values::read_timestamp(text);
               read && read->size == values::extent::finite) {
        time = values::floor_divide(read->microseconds, 1000) + postgres_epoch_us / 1000;
    }
    return time < 0 ? std::nullopt : std::optional{time};
}

}  // namespace walferry::encode
