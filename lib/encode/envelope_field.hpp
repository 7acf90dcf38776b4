#pragma once

#include "lib/encode/connect_schema.hpp"
#include "lib/encode/event_body.hpp"
#include "lib/encode/transaction_counter.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace walferry::encode {

// What the members of one event are taken from.
struct envelope_facts {
    std::string_view name;  // of the stream
    std::string_view database;
    std::string_view schema;
    std::string_view table;
    const event* of = nullptr;
    std::string_view transaction;                     // its id; empty: no `transaction` block
    std::optional<transaction_counter::place> place;  // in the transaction
};

// One member of Debezium's envelope, taken alone: for flattened rows, headers and CloudEvents.
struct envelope_field {
    // Appends the value as plain text. False, and nothing appended: it is null.
    using append_value = bool (*)(text_buffer& out, const envelope_facts& facts);

    std::string_view parent;  // source, transaction, or empty
    std::string_view name;
    bool is_number = false;
    append_value append = nullptr;

    connect_schema schema() const;  // optional, as ExtractNewRecordState declares what it adds
};

// In the order of the envelope's schema: op and clocks, source, transaction.
std::span<const envelope_field> envelope_fields();

// By `source.ts_ms`, or by the name alone; null when there is none. Of names that stand in several
// places it is the clock of the envelope, and else the source, as in Debezium.
const envelope_field* find_envelope_field(std::string_view name);

// Appends the value as JSON; text goes through `scratch`.
void append_field_json(text_buffer& out, const envelope_field& field, const envelope_facts& facts,
                       text_buffer& scratch);

}  // namespace walferry::encode
