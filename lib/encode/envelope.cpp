// The body of format debezium: before, after, source, transaction, op and the clock.
#include "lib/encode/event_body.hpp"
#include "lib/encode/source_block.hpp"
#include "lib/encode/table_schemas.hpp"
#include "lib/encode/transaction_counter.hpp"

namespace walferry::encode {
namespace {

// The end of an event, the same for all of one kind in one moment.
class envelope_tail {
public:
    std::string_view of(change::operation what, unix_time at) {
        if (text_.empty() || at.microseconds != at_.microseconds || what != what_) {
            what_ = what;
            at_ = at;
            text_.clear();
            text_.append(R"(,"op":")");
            text_.append(static_cast<char>(what));
            text_.append("\",");
            append_clock(text_, at);
            text_.append('}');
        }
        return text_.view();
    }

private:
    text_buffer text_;
    unix_time at_;
    change::operation what_ = change::operation::insert;
};

class envelope final : public event_body {
public:
    envelope(const context& global, const table_shape& shape, row_writer rows, schema_frame frame)
        : rows_(std::move(rows)),
          frame_(std::move(frame)),
          source_(global, shape.table->schema, shape.table->name),
          counted_(global.counter, to_string(*shape.table)) {}

    void append(text_buffer& out, const event& what, workspace& space) override {
        const auto& change = *what.of;
        if (what.has_before) {
            out.append("{\"before\":");
            rows_.append(out, change.before, what.only_identity(), space);
            out.append(what.has_after ? ",\"after\":" : ",\"after\":null,");
        } else {
            out.append(what.has_after ? "{\"before\":null,\"after\":"
                                      : "{\"before\":null,\"after\":null,");
        }
        if (what.has_after) {
            rows_.append(out, change.after, false, space);
            out.append(',');
        }
        source_.append(out, change, *what.now);
        out.append(R"(},"transaction":)");
        counted_.append_block(out, change);
        out.append(tail_.of(what.what, what.now->wall));
    }

    schema_frame frame() const override { return frame_; }

    bool publishes_same(pgoutput::row a, pgoutput::row b) const override {
        return rows_.same(a, b);
    }

private:
    row_writer rows_;
    schema_frame frame_;
    source_block source_;
    envelope_tail tail_;
    counted_collection counted_;
};

}  // namespace

made_body make_envelope(const context& global, const table_shape& shape) {
    auto rows = row_writer::make(shape, *global.events, shape.columns);
    if (!rows) {
        return tl::unexpected(std::move(rows.error()));
    }
    auto schemas = table_schemas::make(global, shape);
    if (!schemas) {
        return tl::unexpected(std::move(schemas.error()));
    }
    auto frame = frame_for(*global.events, schemas->envelope(*rows));
    return std::make_unique<envelope>(global, shape, std::move(*rows), std::move(frame));
}

}  // namespace walferry::encode
