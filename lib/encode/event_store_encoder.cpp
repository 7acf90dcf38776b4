// Events of an append-only table: the payload as it is, under the stream's name.
#include "lib/base/assert.hpp"
#include "lib/encode/headers.hpp"
#include "lib/encode/raw_column.hpp"
#include "lib/encode/raw_encoders.hpp"
#include "lib/encode/source_block.hpp"
#include "lib/encode/transaction_counter.hpp"
#include "lib/encode/type_table.hpp"

#include <algorithm>

namespace walferry::encode {
namespace {

using change::operation;

class event_store_encoder final : public table_encoder {
public:
    event_store_encoder(const context& global, const table_shape& shape, raw_column stream,
                        raw_column payload, placed_columns headers)
        : types_(catalog_of(shape)),
          stream_(std::move(stream)),
          payload_(std::move(payload)),
          placed_(std::move(headers)),
          common_(headers_with_position(*global.events), global.name),
          pass_over_(parse_lsn(global.route->event_store.pass_over).value_or(lsn{})),
          skips_(skips_inserts(*global.events)),
          counted_(global.counter, to_string(*shape.table)) {
        space_.types = &types_;
    }

    result<void> encode(const change::change& what, const moment& now,
                        record_consumer& out) override {
        if (what.what != operation::insert && what.what != operation::read) {
            return changed_history(what);
        }
        if (skips_) {
            return {};
        }
        auto key = stream_.bytes(what.after, space_);
        if (!key) {
            return fail(error_kind::not_encodable, "an event of " + to_string(*what.table) +
                                                       " at " + to_string(what.at) +
                                                       " belongs to no stream: the column is NULL");
        }
        counted_.count(what);
        collect_headers(what);
        encoded_record made;
        made.what.key = key;
        made.what.value = payload_.bytes(what.after, space_);
        made.what.headers = headers_;
        made.what.timestamp_ms = milliseconds(event_time(what, now));
        made.partition_key = *key;
        made.has_partition_key = true;
        out.take(made);
        return {};
    }

private:
    void collect_headers(const change::change& what) {
        auto common = common_.of(what, nullptr);
        headers_.assign(common.begin(), common.end());
        placed_.append_headers(headers_, what.after, space_);
    }

    result<void> changed_history(const change::change& what) const {
        if (pass_over_ && what.at.commit == pass_over_) {
            return {};
        }
        const auto table = to_string(*what.table);
        std::string verb = what.what == operation::update       ? "an UPDATE"
                           : what.what == operation::delete_row ? "a DELETE"
                                                                : "a TRUNCATE";
        return fail(
            error_kind::history_changed,
            verb + " of event store " + table + " at " + to_string(what.at) +
                ", but published history may not change: it is not published, and walferry stops "
                "in front of it",
            "to go on without this transaction's changes to history: --set "
            "route.event_store.pass_over=" +
                to_string(what.at.commit) +
                "; so that it does not happen again: REVOKE UPDATE, "
                "DELETE, TRUNCATE ON " +
                table + " FROM the roles that write it;");
    }

    type_table types_;
    raw_column stream_;
    raw_column payload_;
    placed_columns placed_;
    header_writer common_;
    lsn pass_over_;
    bool skips_;
    counted_collection counted_;
    workspace space_;
    std::vector<header> headers_;
};

}  // namespace

result<std::unique_ptr<table_encoder>> make_event_store_encoder(const context& global,
                                                                const table_shape& shape) {
    WALFERRY_ASSERT(global.route != nullptr);
    const auto& store = global.route->event_store;
    auto stream = raw_column::make(global, shape, "route.event_store.stream", store.stream);
    auto payload = raw_column::make(global, shape, "route.event_store.payload", store.payload);
    auto fixed = placed_columns::make(global, shape, "route.event_store.version",
                                      {store.version + ":header:walferry.version"});
    auto type = placed_columns::make(global, shape, "route.event_store.type",
                                     {store.type + ":header:walferry.type"});
    auto more =
        placed_columns::make(global, shape, "route.event_store.additional", store.additional);
    for (auto* failed : {&fixed, &type, &more}) {
        if (!*failed) {
            return tl::unexpected(std::move(failed->error()));
        }
    }
    if (!stream || !payload) {
        return tl::unexpected(std::move((stream ? payload : stream).error()));
    }
    for (auto* each : {&*type, &*more}) {
        std::move(each->headers.begin(), each->headers.end(), std::back_inserter(fixed->headers));
    }
    auto names = header_writer{global.events->headers, global.name}.check();
    if (!names) {
        return tl::unexpected(std::move(names.error()));
    }
    return std::make_unique<event_store_encoder>(global, shape, std::move(*stream),
                                                 std::move(*payload), std::move(*fixed));
}

}  // namespace walferry::encode
