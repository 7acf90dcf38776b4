#pragma once

#include "lib/base/error.hpp"
#include "lib/base/position.hpp"
#include "lib/base/record.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::pipeline {

// A record that can never be published where it belongs.
struct poison {
    position at;
    // Set for a row of a snapshot, which has another position when it is read again: what it holds.
    std::optional<std::size_t> row_content;
    std::string table;  // empty: of no table
    std::string topic;
    std::optional<std::string> key;  // at most its first 1024 bytes
    std::uint64_t bytes = 0;         // key and value
    bool tombstone = false;
    bool too_large = false;
    error_kind kind = error_kind::poison_record;
    std::string reason;
};

// `table public.orders, key {"id":7}, position 0/16B3748:12`
std::string to_string(const poison& what);

// The refused records that come again with the replay of their transactions. Pure.
class poison_list {
public:
    bool empty() const { return all_.empty(); }
    void add(poison what) { all_.push_back(std::move(what)); }

    // The one that this record is; null: none.
    const poison* find(const position& at, std::string_view topic, const record& what) const;

    // The same for a row of a snapshot.
    const poison* find_row(std::string_view topic, std::size_t content) const;

    // What commits before this does not come again.
    void forget_before(lsn acknowledged);
    // No snapshot is read any more.
    void forget_rows();

private:
    std::vector<poison> all_;
};

// What becomes of poison in the dead-letter topic: the event as it was, or, when that is too large
// or was never made, a JSON document that says what is known of it. Its headers say why. Views live
// as long as the object.
class dead_letter {
public:
    // `original`: null when the change could not be encoded.
    dead_letter(const poison& what, const record* original, std::int64_t now_ms);

    const record& bytes() const { return record_; }

private:
    std::string key_;
    std::string value_;
    std::string position_;
    std::vector<header> headers_;
    record record_;
};

}  // namespace walferry::pipeline
