#pragma once

#include "lib/base/text_buffer.hpp"
#include "lib/base/time.hpp"
#include "lib/change/change.hpp"
#include "lib/encode/encoder.hpp"

#include <string>

namespace walferry::encode {

// Writes `"source":{...` without the brace that closes it. What stays the same in a transaction is
// made once for it.
class source_block {
public:
    source_block(const context& global, std::string_view schema, std::string_view table);

    void append(text_buffer& out, const change::change& what, const moment& now);

private:
    struct identity {
        lsn commit;
        std::int64_t time_us = 0;
        pgoutput::transaction_id xid = 0;
        change::snapshot_mark snapshot = change::snapshot_mark::no;
        bool in_transaction = false;

        bool operator==(const identity&) const = default;
    };

    void prepare(const change::change& what, const identity& of);

    std::string head_;  // version, connector, name
    std::string database_;
    std::string table_;  // schema and table
    identity prepared_;
    bool is_prepared_ = false;
    text_buffer to_sequence_;
    text_buffer to_lsn_;
    text_buffer to_ordinal_;
};

// `"ts_ms":1,"ts_us":2,"ts_ns":3` of one moment.
void append_clock(text_buffer& out, unix_time at);

std::string_view name_of(change::snapshot_mark mark);

// Time of the commit; of what is in no transaction, now.
inline unix_time event_time(const change::change& what, const moment& now) {
    return what.in == nullptr ? now.wall : what.in->commit_time;
}

inline std::int64_t milliseconds(unix_time at) {
    return at.microseconds / 1000;
}

}  // namespace walferry::encode
