// Messages of an outbox, as Debezium's EventRouter makes them.
#include "lib/base/assert.hpp"
#include "lib/encode/headers.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/outbox_parts.hpp"
#include "lib/encode/pg_types.hpp"
#include "lib/encode/raw_encoders.hpp"
#include "lib/encode/source_block.hpp"
#include "lib/encode/transaction_counter.hpp"
#include "lib/encode/type_table.hpp"

namespace walferry::encode {
namespace {

using change::operation;

class outbox_encoder final : public table_encoder {
public:
    outbox_encoder(const context& global, const table_shape& shape, outbox_parts parts)
        : settings_(global.route->outbox),
          types_(catalog_of(shape)),
          parts_(std::move(parts)),
          common_(headers_with_position(*global.events), global.name),
          skips_(skips_inserts(*global.events)),
          counted_(global.counter, to_string(*shape.table)) {
        space_.types = &types_;
    }

    result<void> encode(const change::change& what, const moment& now,
                        record_consumer& out) override {
        bool is_message = what.what == operation::insert || what.what == operation::read;
        if (!is_message || skips_) {
            return {};
        }
        counted_.count(what);
        encoded_record made;
        if (auto key = key_of(what.after)) {
            made.what.key = made.partition_key = *key;
            made.has_partition_key = true;
        }
        made.what.value = value_of(what.after);
        collect_headers(what);
        made.what.headers = headers_;
        made.what.timestamp_ms = time_of(what, now);
        out.take(made);
        return {};
    }

private:
    std::optional<std::string_view> key_of(pgoutput::row row) {
        auto key = parts_.key.bytes(row, space_);
        if (!key || settings_.raw) {
            return key;
        }
        key_.clear();
        parts_.key.append_json(key_, row, space_);
        return key_.view();
    }

    std::optional<std::string_view> value_of(pgoutput::row row) {
        auto payload = parts_.payload.bytes(row, space_);
        bool is_empty = !payload || payload->find_first_not_of(" \t\r\n") == std::string_view::npos;
        if (settings_.raw || (settings_.tombstone_on_empty && is_empty)) {
            return is_empty && settings_.tombstone_on_empty ? std::nullopt : payload;
        }
        value_.clear();
        if (parts_.placed.members.empty()) {
            append_payload(row);
            return value_.view();
        }
        value_.append(R"({"payload":)");
        append_payload(row);
        for (const auto& placed : parts_.placed.members) {
            value_.append(placed.member);
            placed.column.append_json(value_, row, space_);
        }
        value_.append('}');
        return value_.view();
    }

    // EventRouter expands objects and arrays, and leaves other JSON the text that it is.
    void append_payload(pgoutput::row row) {
        auto text = parts_.payload.text(row, space_);
        bool expands = settings_.expand_json && text && is_document(parts_.payload.type(), *text);
        if (expands) {
            append_value(parts_.document, *text, value_, space_);
        } else {
            parts_.payload.append_json(value_, row, space_);
        }
    }

    void collect_headers(const change::change& what) {
        headers_.clear();
        headers_.push_back({"id", parts_.id.text(what.after, space_)});
        parts_.placed.append_headers(headers_, what.after, space_);
        auto common = common_.of(what, nullptr);
        headers_.insert(headers_.end(), common.begin(), common.end());
    }

    std::int64_t time_of(const change::change& what, const moment& now) {
        std::optional<std::int64_t> chosen;
        if (parts_.timestamp) {
            auto text = parts_.timestamp->text(what.after, space_);
            chosen = text ? record_time(parts_.timestamp->type(), *text) : std::nullopt;
        }
        return chosen.value_or(milliseconds(event_time(what, now)));
    }

    const config::outbox_settings& settings_;
    type_table types_;
    outbox_parts parts_;
    header_writer common_;
    bool skips_;
    counted_collection counted_;
    workspace space_;
    text_buffer key_;
    text_buffer value_;
    std::vector<header> headers_;
};

}  // namespace

result<std::unique_ptr<table_encoder>> make_outbox_encoder(const context& global,
                                                           const table_shape& shape) {
    WALFERRY_ASSERT(global.route != nullptr);
    if (!global.route->outbox.raw && global.events->encoding != config::event_encoding::json) {
        return fail(error_kind::table_unfit,
                    "outbox " + to_string(*shape.table) +
                        " is published as JSON or raw, not in the encoding of events.encoding",
                    "route.outbox.raw: true, or events.encoding: json");
    }
    auto parts = outbox_parts::make(global, shape);
    if (!parts) {
        return tl::unexpected(std::move(parts.error()));
    }
    return std::make_unique<outbox_encoder>(global, shape, std::move(*parts));
}

}  // namespace walferry::encode
