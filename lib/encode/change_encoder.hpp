#pragma once

#include "lib/encode/created_keys.hpp"
#include "lib/encode/event_body.hpp"
#include "lib/encode/headers.hpp"
#include "lib/encode/type_table.hpp"

#include <memory>
#include <span>
#include <vector>

namespace walferry::encode {

// Decides which records a change becomes, with which key: one, a delete with its tombstone, or the
// delete, tombstone and create of a key change.
class change_encoder final : public table_encoder {
public:
    static result<std::unique_ptr<table_encoder>> make(const context& global, table_shape shape,
                                                       std::unique_ptr<event_body> body);

    result<void> encode(const change::change& what, const moment& now,
                        record_consumer& out) override;

private:
    change_encoder(const context& global, table_shape shape, std::unique_ptr<event_body> body)
        : shape_(std::move(shape)),
          types_(catalog_of(shape_)),
          events_(*global.events),
          body_(std::move(body)),
          headers_(events_.headers, global.name) {}

    bool is_skipped(const change::change& what) const;
    bool changes_key(const change::change& what) const;
    result<void> insert(const change::change& what);
    result<void> update(const change::change& what);
    result<void> delete_row(const change::change& what);
    result<void> change_key(const change::change& what);

    struct side {
        pgoutput::row row;
        bool only_identity = false;
    };
    side before(const change::change& what) const;
    result<void> prepare(const change::change& what, side of, text_buffer& key,
                         text_buffer& partition);
    void give(const event& what, const text_buffer& key, const text_buffer& partition);
    void give_tombstone(const change::change& what, const text_buffer& key,
                        const text_buffer& partition);
    void hand_over(const change::change& what, std::optional<std::string_view> value,
                   std::span<const header> headers, const text_buffer& key,
                   const text_buffer& partition);

    table_shape shape_;
    type_table types_;
    const config::event_settings& events_;
    std::unique_ptr<event_body> body_;
    schema_frame value_frame_;
    schema_frame key_frame_;
    void note_unchanged(pgoutput::row row);
    std::span<const header> with_unchanged(std::span<const header> others);
    void remember_created(const change::change& what);
    bool key_lives_on(const change::change& what, const text_buffer& key) const;

    bool keys_can_swap_ = false;  // the primary key is checked at the commit only
    created_keys created_;
    row_writer keys_;
    row_writer partition_columns_;
    header_writer headers_;
    bool skips_[4] = {};  // c u d t
    workspace space_;
    text_buffer unchanged_;  // columns that an update did not send, as JSON; empty: none
    std::vector<header> more_headers_;
    text_buffer value_;
    text_buffer key_;
    text_buffer old_key_;
    text_buffer partition_;
    text_buffer old_partition_;
    const header* key_header_ = nullptr;  // during a key change
    const moment* now_ = nullptr;
    record_consumer* out_ = nullptr;
};

// The encoder of a table whose changes are published in events.format. Errors: table_unfit.
result<std::unique_ptr<table_encoder>> make_change_encoder(const context& global,
                                                           table_shape shape);

}  // namespace walferry::encode
