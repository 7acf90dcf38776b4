#include "lib/encode/nullable_encoder.hpp"

#include "lib/encode/change_encoder.hpp"

#include <algorithm>
#include <utility>

namespace walferry::encode {
namespace {

class nullable_encoder final : public table_encoder {
public:
    nullable_encoder(const context& global, table_shape shape)
        : global_(global), shape_(std::move(shape)), description_(*shape_.description) {
        shape_.description = &description_;
        for (std::uint32_t i = 0; i < shape_.table->columns.size(); ++i) {
            const auto* column = described(i);
            if (column != nullptr && column->not_null) {
                required_.push_back(i);
            }
        }
    }

    result<void> make() {
        auto made = make_change_encoder(global_, shape_);
        if (!made) {
            return tl::unexpected(std::move(made.error()));
        }
        inner_ = std::move(*made);
        return {};
    }

    result<void> encode(const change::change& what, const moment& now,
                        record_consumer& out) override {
        bool knows_before = what.before_kind == pgoutput::old_row::full;
        if (has_null(what.after) || (knows_before && has_null(what.before))) [[unlikely]] {
            if (auto done = allow(what.after, knows_before ? what.before : pgoutput::row{});
                !done) {
                return done;
            }
        }
        return inner_->encode(what, now, out);
    }

private:
    static bool is_null(pgoutput::row row, std::uint32_t index) {
        return index < row.size() && row[index].kind == pgoutput::value_kind::null;
    }

    bool has_null(pgoutput::row row) const {
        return std::any_of(required_.begin(), required_.end(),
                           [&](auto index) { return is_null(row, index); });
    }

    change::column_description* described(std::uint32_t index) {
        for (auto& column : description_.columns) {
            if (column.name == shape_.table->columns[index].name) {
                return &column;
            }
        }
        return nullptr;
    }

    result<void> allow(pgoutput::row after, pgoutput::row before) {
        std::erase_if(required_, [&](auto index) {
            bool is_optional = is_null(after, index) || is_null(before, index);
            described(index)->not_null = !is_optional;
            return is_optional;
        });
        return make();
    }

    context global_;
    table_shape shape_;
    change::table_description description_;  // today's, but for what rows have shown
    std::vector<std::uint32_t> required_;    // NOT NULL so far, by their place in the row
    std::unique_ptr<table_encoder> inner_;
};

}  // namespace

result<std::unique_ptr<table_encoder>> make_nullable_encoder(const context& global,
                                                             table_shape shape) {
    auto made = std::make_unique<nullable_encoder>(global, std::move(shape));
    if (auto done = made->make(); !done) {
        return tl::unexpected(std::move(done.error()));
    }
    return made;
}

}  // namespace walferry::encode
