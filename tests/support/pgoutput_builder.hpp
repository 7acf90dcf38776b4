#pragma once

#include "decoders/pgoutput/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Builds the messages of pgoutput as the bytes that a walsender would send, one function a message.
// Written from the protocol's description, not from the decoder: the two check each other.
// Nothing is validated, so that impossible messages can be built as well.
namespace walferry::test {

using pgoutput::oid;
using pgoutput::transaction_id;

// One column of a row as it is sent.
struct cell {
    char kind = 'n';
    std::string bytes;

    bool operator==(const cell&) const = default;
};

using cells = std::vector<cell>;

cell null();
cell unchanged();
cell text(std::string_view bytes);
cell binary(std::string_view bytes);

// A row of text columns; the shortest way to write one.
cells texts(const std::vector<std::string_view>& values);

struct column_spec {
    std::string name;
    oid type = 25;
    bool in_identity = false;
    std::int32_t modifier = -1;
};

struct table_spec {
    oid id = 0;
    std::string schema = "public";
    std::string name;
    std::vector<column_spec> columns;
    char identity = 'd';
};

struct old_cells {
    char kind = 'K';  // or 'O'
    cells row;
};

std::string begin(lsn commit, std::int64_t time = 0, transaction_id xid = 1);
std::string commit(lsn commit, lsn end, std::int64_t time = 0);
std::string origin(lsn commit, std::string_view name);
std::string relation(const table_spec& table);
std::string type(oid id, std::string_view schema, std::string_view name);
std::string insert(oid table, const cells& after);
std::string update(oid table, const cells& after,
                   const std::optional<old_cells>& before = std::nullopt);
std::string delete_row(oid table, const old_cells& before);
std::string truncate(const std::vector<oid>& tables, std::uint8_t options = 0);
std::string logical_message(bool transactional, lsn at, std::string_view prefix,
                            std::string_view content);

// Protocol 2 and later: streamed transactions.
std::string stream_start(transaction_id xid, bool first);
std::string stream_stop();
std::string stream_commit(transaction_id xid, lsn commit, lsn end, std::int64_t time = 0);
std::string stream_abort(transaction_id xid, transaction_id subtransaction);
// With streaming = parallel (protocol 4) an abort tells more.
std::string stream_abort_parallel(transaction_id xid, transaction_id subtransaction, lsn abort,
                                  std::int64_t time);

// Protocol 3: two-phase commit.
std::string begin_prepare(lsn prepare, lsn end, transaction_id xid, std::string_view gid);
std::string prepare(lsn prepare, lsn end, transaction_id xid, std::string_view gid);
std::string commit_prepared(lsn commit, lsn end, transaction_id xid, std::string_view gid);
std::string rollback_prepared(lsn prepare_end, lsn end, transaction_id xid, std::string_view gid);
std::string stream_prepare(lsn prepare, lsn end, transaction_id xid, std::string_view gid);

// The same message as it stands inside a stream block: with the (sub)transaction's id behind its
// first byte.
std::string in_block(transaction_id xid, std::string_view message);

}  // namespace walferry::test
