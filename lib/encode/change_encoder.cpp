#include "lib/encode/change_encoder.hpp"

#include "lib/encode/json_text.hpp"
#include "lib/encode/names.hpp"
#include "lib/encode/source_block.hpp"
#include "lib/encode/table_schemas.hpp"

namespace walferry::encode {
namespace {

using change::operation;
using pgoutput::old_row;

constexpr std::string_view skippable = "cudt";

tl::unexpected<error> unknown_key(const change::change& what) {
    return fail(
        error_kind::not_encodable,
        "a key column of " + to_string(*what.table) + " is not known at " + to_string(what.at),
        "ALTER TABLE " + to_string(*what.table) +
            " REPLICA IDENTITY FULL; or choose the identity's columns as key");
}

}  // namespace

result<std::unique_ptr<table_encoder>> change_encoder::make(const context& global,
                                                            table_shape shape,
                                                            std::unique_ptr<event_body> body) {
    std::unique_ptr<change_encoder> made{
        new change_encoder(global, std::move(shape), std::move(body))};
    auto keys =
        row_writer::make(made->shape_, made->events_, made->shape_.key, row_writer::purpose::key);
    if (!keys) {
        return tl::unexpected(std::move(keys.error()));
    }
    auto partition = row_writer::make(made->shape_, made->events_, made->shape_.partition_by,
                                      row_writer::purpose::key);
    if (!partition) {
        return tl::unexpected(std::move(partition.error()));
    }
    if (auto names = made->headers_.check(); !names) {
        return tl::unexpected(std::move(names.error()));
    }
    auto schemas = table_schemas::make(global, made->shape_);
    if (!schemas) {
        return tl::unexpected(std::move(schemas.error()));
    }
    made->key_frame_ = frame_for(made->events_, schemas->key(*keys));
    made->value_frame_ = made->body_->frame();
    made->space_.types = &made->types_;
    const auto* description = made->shape_.description;
    made->keys_can_swap_ = description != nullptr && description->primary_key_deferrable &&
                           made->shape_.table->identity == change::replica_identity::full;
    made->keys_ = std::move(*keys);
    made->partition_columns_ = std::move(*partition);
    for (std::size_t i = 0; i < skippable.size(); ++i) {
        for (const auto& skipped : made->events_.skip) {
            made->skips_[i] = made->skips_[i] || skipped == skippable.substr(i, 1);
        }
    }
    return made;
}

bool change_encoder::is_skipped(const change::change& what) const {
    auto kind = skippable.find(static_cast<char>(what.what));
    if (kind != std::string_view::npos && skips_[kind]) {
        return true;
    }
    return events_.skip_unchanged && what.what == operation::update &&
           what.before_kind == old_row::full && body_->publishes_same(what.before, what.after);
}

bool change_encoder::changes_key(const change::change& what) const {
    return what.before_kind != old_row::none && !keys_.empty() &&
           !keys_.same(what.before, what.after);
}

change_encoder::side change_encoder::before(const change::change& what) const {
    return {what.before, what.before_kind == old_row::key};
}

result<void> change_encoder::encode(const change::change& what, const moment& now,
                                    record_consumer& out) {
    now_ = &now;
    out_ = &out;
    unchanged_.clear();
    if (keys_can_swap_) {
        created_.in_transaction(what.at.commit);
    }
    if (is_skipped(what)) {
        return {};
    }
    switch (what.what) {
        case operation::insert:
        case operation::read:
            return insert(what);
        case operation::update:
            note_unchanged(what.after);
            return changes_key(what) ? change_key(what) : update(what);
        case operation::delete_row:
            return delete_row(what);
        case operation::truncate:
            key_.clear();
            partition_.clear();
            give({what.what, &what, now_}, key_, partition_);
            return {};
        case operation::message:
            break;
    }
    return fail(error_kind::internal, "a logical message reached the encoder of a table");
}

result<void> change_encoder::prepare(const change::change& what, side of, text_buffer& key,
                                     text_buffer& partition) {
    key.clear();
    partition.clear();
    if (!keys_.knows(of.row, of.only_identity) ||
        !partition_columns_.knows(of.row, of.only_identity)) {
        return unknown_key(what);
    }
    if (!keys_.empty()) {
        key.append(key_frame_.open());
        keys_.append(key, of.row, false, space_);
        key.append(key_frame_.close());
    }
    if (!partition_columns_.empty()) {
        partition_columns_.append(partition, of.row, false, space_);
    }
    return {};
}

result<void> change_encoder::insert(const change::change& what) {
    if (auto ready = prepare(what, {what.after}, key_, partition_); !ready) {
        return ready;
    }
    give({what.what, &what, now_, false, true}, key_, partition_);
    remember_created(what);
    return {};
}

// What stands in place of an unchanged value may look like one (the numbers of an int[]), so it is
// said beside the row, too. Format plain says it inside.
void change_encoder::note_unchanged(pgoutput::row row) {
    unchanged_.clear();
    if (events_.format == config::event_format::plain) {
        return;
    }
    for (auto index : shape_.columns) {
        if (row[index].kind == pgoutput::value_kind::unchanged) [[unlikely]] {
            unchanged_.append(unchanged_.empty() ? '[' : ',');
            append_json(unchanged_,
                        adjusted_name(shape_.table->columns[index].name, events_.field_names));
        }
    }
    if (!unchanged_.empty()) {
        unchanged_.append(']');
    }
}

std::span<const header> change_encoder::with_unchanged(std::span<const header> others) {
    more_headers_.assign(others.begin(), others.end());
    more_headers_.push_back({"walferry.unchanged", unchanged_.view()});
    return more_headers_;
}

void change_encoder::remember_created(const change::change& what) {
    if (keys_can_swap_) {
        created_.created(key_.view(), what.after);
    }
}

bool change_encoder::key_lives_on(const change::change& what, const text_buffer& key) const {
    return keys_can_swap_ && created_.is_taken_by_another(key.view(), what.before);
}

result<void> change_encoder::update(const change::change& what) {
    if (auto ready = prepare(what, {what.after}, key_, partition_); !ready) {
        return ready;
    }
    give({what.what, &what, now_, what.before_kind != old_row::none, true}, key_, partition_);
    if (!key_lives_on(what, key_)) {
        remember_created(what);
    }
    return {};
}

result<void> change_encoder::delete_row(const change::change& what) {
    if (auto ready = prepare(what, before(what), key_, partition_); !ready) {
        return ready;
    }
    bool lives_on = key_lives_on(what, key_);
    if (!lives_on || !body_->splits_key_change()) {
        give({what.what, &what, now_, true, false}, key_, partition_);
    }
    if (!lives_on) {
        give_tombstone(what, key_, partition_);
    }
    return {};
}

result<void> change_encoder::change_key(const change::change& what) {
    if (auto ready = prepare(what, before(what), old_key_, old_partition_); !ready) {
        return ready;
    }
    if (auto ready = prepare(what, {what.after}, key_, partition_); !ready) {
        return ready;
    }
    bool lives_on = key_lives_on(what, old_key_);
    if (!body_->splits_key_change()) {
        if (!lives_on) {
            give_tombstone(what, old_key_, old_partition_);
        }
        give({operation::update, &what, now_, true, true}, key_, partition_);
        remember_created(what);
        return {};
    }
    header other{"__debezium.newkey", key_frame_.payload(key_.view())};
    key_header_ = &other;
    if (!lives_on) {
        give({operation::delete_row, &what, now_, true, false}, old_key_, old_partition_);
        give_tombstone(what, old_key_, old_partition_);
    }
    other = {"__debezium.oldkey", key_frame_.payload(old_key_.view())};
    give({operation::insert, &what, now_, false, true}, key_, partition_);
    key_header_ = nullptr;
    remember_created(what);
    return {};
}

void change_encoder::give(const event& what, const text_buffer& key, const text_buffer& partition) {
    switch (body_->begin(what)) {
        case event_body::form::none:
            return;
        case event_body::form::null:
            return hand_over(*what.of, std::nullopt, body_->headers(), key, partition);
        case event_body::form::value:
            break;
    }
    value_.clear();
    value_.append(value_frame_.open());
    body_->append(value_, what, space_);
    value_.append(value_frame_.close());
    auto headers = body_->headers();
    if (what.has_after && !unchanged_.empty()) [[unlikely]] {
        headers = with_unchanged(headers);
    }
    hand_over(*what.of, value_.view(), headers, key, partition);
}

void change_encoder::give_tombstone(const change::change& what, const text_buffer& key,
                                    const text_buffer& partition) {
    if (events_.tombstones && body_->keeps_tombstones()) {
        hand_over(what, std::nullopt, body_->tombstone_headers(), key, partition);
    }
}

void change_encoder::hand_over(const change::change& what, std::optional<std::string_view> value,
                               std::span<const header> headers, const text_buffer& key,
                               const text_buffer& partition) {
    encoded_record made;
    if (!key.empty()) {
        made.what.key = key.view();
    }
    made.what.value = value;
    made.what.headers = headers_.of(what, key_header_, headers);
    made.what.timestamp_ms = milliseconds(event_time(what, *now_));
    made.what.sequence = what.at.sequence;
    made.partition_key = partition.empty() ? key.view() : partition.view();
    made.has_partition_key = !made.partition_key.empty();
    out_->take(made);
}

}  // namespace walferry::encode
