#pragma once

#include "lib/base/text_buffer.hpp"
#include "lib/change/change.hpp"
#include "lib/encode/encoder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::encode {

// Numbers the events of the open transaction for `events.transactions`: in all, and for each table.
// Makes the BEGIN and END records of the topic `<name>.transaction`.
class transaction_counter {
public:
    explicit transaction_counter(const config::event_settings& events);

    using collection = std::uint32_t;

    // An index for `schema.table`, the same for the same name, for the counter's life.
    collection collection_of(std::string_view name);

    // The engine calls it before the first change of a transaction is encoded.
    void begin(const change::transaction& transaction);

    // The encoders call it for every event but a tombstone.
    struct place {
        std::uint64_t total = 0;
        std::uint64_t in_collection = 0;
    };
    place count(collection of);

    std::string_view id() const { return id_; }  // `<xid>:<commit LSN as a number>`

    void append_block(text_buffer& out, place at) const;

    // Hand over one record each. Its partition key is its key.
    void give_begin(record_consumer& out);
    void give_end(record_consumer& out);

private:
    struct counted {
        std::string name;
        std::uint64_t events = 0;
    };

    void give(record_consumer& out);

    std::vector<counted> collections_;  // sorted when given
    std::string id_;
    std::int64_t time_ms_ = 0;
    std::uint64_t total_ = 0;
    schema_frame key_frame_;
    schema_frame value_frame_;
    text_buffer key_;
    text_buffer value_;
};

// One table's part in the counting, for its encoder. Where nobody counts, and for what belongs to
// no transaction, there is nothing to count.
class counted_collection {
public:
    // `counter` may be null and outlives this.
    counted_collection(transaction_counter* counter, std::string_view name)
        : counter_(counter), index_(counter == nullptr ? 0 : counter->collection_of(name)) {}

    std::optional<transaction_counter::place> count(const change::change& what) {
        if (counter_ == nullptr || what.in == nullptr) {
            return std::nullopt;
        }
        return counter_->count(index_);
    }

    // Only for what was counted.
    std::string_view id() const { return counter_->id(); }

    // Counts and appends the `transaction` block, or null.
    void append_block(text_buffer& out, const change::change& what) {
        if (auto place = count(what)) {
            counter_->append_block(out, *place);
        } else {
            out.append("null");
        }
    }

private:
    transaction_counter* counter_;
    transaction_counter::collection index_;
};

}  // namespace walferry::encode
