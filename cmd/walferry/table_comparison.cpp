#include "cmd/walferry/table_comparison.hpp"

#include "lib/audit/published_event.hpp"
#include "lib/route/table_router.hpp"

namespace walferry {

void table_comparison::announces(std::uint32_t, const pgoutput::relation& as, std::uint32_t) {
    table_ = relations_.announce(as).table;
    if (auto made = make_encoder(*table_); !made) {
        failure_ = std::move(made.error());
    }
}

result<void> table_comparison::make_encoder(const change::relation& table) {
    auto router = route::table_router::make(settings_);
    if (!router) {
        return tl::unexpected(std::move(router.error()));
    }
    auto route = router->route(table, types_.table(table.id));
    if (!route) {
        return tl::unexpected(std::move(route.error()));
    }
    encode::context global;
    global.name = settings_.name;
    global.database = database_;
    global.events = &settings_.events;
    encode::table_shape shape;
    shape.use = route->use;
    shape.table = &table;
    shape.description = types_.table(table.id);
    shape.types = &types_;
    shape.topic = route->topic;
    shape.key = route->key;
    shape.columns = route->columns;
    shape.partition_by = route->partition_by;
    shape.masks = route->masks;
    auto encoder = encode::make_table_encoder(global, std::move(shape));
    if (!encoder) {
        return tl::unexpected(std::move(encoder.error()));
    }
    encoder_ = std::move(*encoder);
    return {};
}

void table_comparison::rows(std::uint32_t, std::span<const std::string_view> lines) {
    for (const auto line : lines) {
        if (failure_) {
            return;
        }
        if (!row_text_.read(line, table_->columns.size())) {
            failure_ = error{error_kind::protocol_violation,
                             "PostgreSQL sent a row of " + to_string(*table_) +
                                 " with another number of columns",
                             {},
                             {}};
            return;
        }
        change::change row;
        row.what = change::operation::read;
        row.table = table_;
        row.at = {lsn{1}, 1};
        row.after = row_text_.values();
        row.snapshot = change::snapshot_mark::inside;
        if (auto done = encoder_->encode(row, moment{}, *this); !done) {
            failure_ = std::move(done.error());
        }
    }
}

void table_comparison::take(const encode::encoded_record& made) {
    auto event = audit::read_event(settings_.events.format, made.what.key, made.what.value, {});
    if (!event || !*event) {
        failure_ = event ? error{error_kind::internal, "a row became a tombstone", {}, {}}
                         : std::move(event.error());
        return;
    }
    state_.compare(**event);
}

void table_comparison::ended(std::optional<error> why) {
    if (why && !failure_) {
        failure_ = std::move(why);
    }
}

}  // namespace walferry
