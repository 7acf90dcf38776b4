// The body of format debezium: before, after, source, transaction, op and the clock.
#include "lib/encode/event_body.hpp"
#include "lib/encode/source_block.hpp"
#include "lib/encode/transaction_counter.hpp"

namespace walferry::encode {
namespace {

class envelope final : public event_body {
public:
    envelope(const context& global, const table_shape& shape, row_writer rows)
        : rows_(std::move(rows)),
          source_(global, shape.table->schema, shape.table->name),
          counter_(global.counter) {
        if (counter_ != nullptr) {
            collection_ = counter_->collection_of(shape.table->schema + "." + shape.table->name);
        }
    }

    void append(text_buffer& out, const event& what, workspace& space) override {
        const auto& change = *what.of;
        out.append("{\"before\":");
        if (what.has_before) {
            rows_.append(out, change.before, what.only_identity(), space);
        } else {
            out.append("null");
        }
        out.append(",\"after\":");
        if (what.has_after) {
            rows_.append(out, change.after, false, space);
        } else {
            out.append("null");
        }
        out.append(',');
        source_.append(out, change, *what.now);
        append_transaction(out, change);
        out.append(static_cast<char>(what.what));
        out.append("\",");
        out.append(clock_.of(what.now->wall));
        out.append('}');
    }

    bool publishes_same(pgoutput::row a, pgoutput::row b) const override {
        return rows_.same(a, b);
    }

private:
    void append_transaction(text_buffer& out, const change::change& change) {
        if (counter_ == nullptr || change.in == nullptr) {
            out.append(R"(,"transaction":null,"op":")");
            return;
        }
        out.append(R"(,"transaction":)");
        counter_->append_block(out, counter_->count(collection_));
        out.append(R"(,"op":")");
    }

    row_writer rows_;
    source_block source_;
    clock_block clock_;
    transaction_counter* counter_;
    transaction_counter::collection collection_ = 0;
};

}  // namespace

result<std::unique_ptr<event_body>> make_envelope(const context& global, const table_shape& shape) {
    auto rows = row_writer::make(shape, *global.events, shape.columns);
    if (!rows) {
        return tl::unexpected(std::move(rows.error()));
    }
    return std::make_unique<envelope>(global, shape, std::move(*rows));
}

}  // namespace walferry::encode
