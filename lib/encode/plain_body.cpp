// The body of format plain (plain.schema.json). One change is one event; members that have nothing
// to say are left out.
#include "lib/encode/plain_body.hpp"

#include "lib/base/time.hpp"
#include "lib/encode/event_body.hpp"
#include "lib/encode/iso_time.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/source_block.hpp"
#include "lib/encode/transaction_counter.hpp"

namespace walferry::encode {
namespace {

std::string_view word_of(change::operation what) {
    switch (what) {
        case change::operation::insert:
            return "insert";
        case change::operation::update:
            return "update";
        case change::operation::delete_row:
            return "delete";
        case change::operation::truncate:
            return "truncate";
        case change::operation::message:
            return "message";
        case change::operation::read:
            return "read";
    }
    return "";
}

class plain_body final : public event_body {
public:
    plain_body(const context& global, const table_shape& shape, row_writer rows, row_writer keys)
        : rows_(std::move(rows)),
          keys_(std::move(keys)),
          table_(R"(,"schema":)" + json_of(shape.table->schema) + R"(,"table":)" +
                 json_of(shape.table->name)),
          counted_(global.counter, to_string(*shape.table)) {}

    void append(text_buffer& out, const event& what, workspace& space) override {
        const auto& change = *what.of;
        counted_.count(change);
        append_plain_head(out, change, what.what);
        out.append(table_);
        append_extra(out, change);
        append_rows(out, what, space);
        out.append('}');
    }

    bool publishes_same(pgoutput::row a, pgoutput::row b) const override {
        return rows_.same(a, b);
    }

    bool splits_key_change() const override { return false; }

private:
    void append_extra(text_buffer& out, const change::change& change) {
        if (change.snapshot != change::snapshot_mark::no) {
            out.append(R"(,"snapshot":")");
            out.append(name_of(change.snapshot));
            out.append('"');
        }
        if (change.truncated != nullptr) {
            out.append(change.truncated->cascade ? R"(,"cascade":true)" : R"(,"cascade":false)");
            out.append(change.truncated->restart_identity ? R"(,"restart_identity":true)"
                                                          : R"(,"restart_identity":false)");
        }
    }

    void append_rows(text_buffer& out, const event& what, workspace& space) {
        const auto& change = *what.of;
        if (!keys_.empty() && (what.has_after || what.has_before)) {
            out.append(R"(,"key":)");
            keys_.append(out, what.has_after ? change.after : change.before, false, space);
        }
        about_.clear();
        if (what.has_after) {
            out.append(R"(,"row":)");
            rows_.append_known(out, change.after, false, space, about_);
            append_named(out, R"(,"unchanged":)", about_.left_out);
            append_named(out, R"(,"json_null":)", about_.json_nulls);
        }
        about_.clear();
        if (what.has_before) {
            out.append(R"(,"old":)");
            rows_.append_known(out, change.before, what.only_identity(), space, about_);
            append_named(out, R"(,"old_json_null":)", about_.json_nulls);
        }
    }

    static void append_named(text_buffer& out, std::string_view member, const text_buffer& names) {
        if (!names.empty()) {
            out.append(member);
            out.append(names.view());
        }
    }

    row_writer rows_;
    row_writer keys_;
    std::string table_;
    counted_collection counted_;
    row_writer::remarks about_;
};

}  // namespace

void append_plain_head(text_buffer& out, const change::change& what, change::operation as) {
    out.append(R"({"op":")");
    out.append(word_of(as));
    out.append(R"(","position":")");
    out.append(to_string(what.at));
    out.append('"');
    if (what.in == nullptr) {
        return;
    }
    out.append(R"(,"commit_time":")");
    append_iso_timestamp(out, what.in->commit_time.microseconds - postgres_epoch_us, 6);
    out.append(R"(Z","xid":)");
    out.append_number(what.in->xid);
}

made_body make_plain_body(const context& global, const table_shape& shape) {
    auto rows = row_writer::make(shape, *global.events, shape.columns, row_writer::purpose::key);
    if (!rows) {
        return tl::unexpected(std::move(rows.error()));
    }
    auto keys = row_writer::make(shape, *global.events, shape.key, row_writer::purpose::key);
    if (!keys) {
        return tl::unexpected(std::move(keys.error()));
    }
    return std::make_unique<plain_body>(global, shape, std::move(*rows), std::move(*keys));
}

}  // namespace walferry::encode
