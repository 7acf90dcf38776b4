#pragma once

#include "decoders/pgoutput/message.hpp"
#include "lib/base/position.hpp"
#include "lib/base/time.hpp"
#include "lib/change/relation.hpp"

#include <string_view>

namespace walferry::change {

struct transaction {
    pgoutput::transaction_id xid = 0;
    lsn commit_lsn;
    unix_time commit_time;
    std::string_view origin;  // replication origin; empty: written here
    lsn origin_lsn;
};

enum class operation : char {
    insert = 'c',
    update = 'u',
    delete_row = 'd',
    truncate = 't',
    message = 'm',
    read = 'r',  // by a snapshot
};

enum class snapshot_mark { no, first, first_in_table, inside, last_in_table, last, incremental };

// One change of one table, or one logical message, in its transaction. Everything is borrowed: it
// lives until the next message is applied.
struct change {
    operation what = operation::insert;
    const relation* table = nullptr;  // null for a logical message
    const transaction* in = nullptr;  // null for a message without transaction and for a read
    position at;
    lsn change_lsn;  // XLogData.dataStart; shared by the rows of one multi-insert
    pgoutput::old_row before_kind = pgoutput::old_row::none;
    pgoutput::row
        before;  // empty unless before_kind says otherwise; key: only identity columns count
    pgoutput::row after;  // empty for delete, truncate and message
    const pgoutput::truncate* truncated = nullptr;
    const pgoutput::logical_message* message = nullptr;
    snapshot_mark snapshot = snapshot_mark::no;
    // Of a read: the newest transaction that had ended when its snapshot was taken; 0: not known.
    pgoutput::transaction_id read_after = 0;
};

}  // namespace walferry::change
