#pragma once

#include "lib/base/lsn.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

// The messages of the output plugin pgoutput, protocol versions 1 to 4
// (PostgreSQL manual, "Logical Replication Message Formats").
// Every view borrows from the decoded bytes or from the decoder, until its next decode().
namespace walferry::pgoutput {

using oid = std::uint32_t;
using transaction_id = std::uint32_t;

enum class value_kind : char {
    null = 'n',
    unchanged = 'u',  // TOASTed, not modified by this UPDATE, therefore not sent
    text = 't',
    binary = 'b',
};

struct column_value {
    value_kind kind = value_kind::null;
    std::string_view bytes;  // of text and binary only
};

using row = std::span<const column_value>;

enum class old_row : char {
    none = 0,
    key = 'K',   // only the columns of the replica identity are filled; every other is unknown
    full = 'O',  // replica identity FULL
};

enum class replica_identity : char { default_key = 'd', nothing = 'n', full = 'f', index = 'i' };

struct begin {
    lsn commit_lsn;                // of the commit record's start, as in commit
    std::int64_t commit_time = 0;  // microseconds since 2000-01-01 UTC
    transaction_id xid = 0;
};

struct commit {
    lsn commit_lsn;
    lsn end_lsn;
    std::int64_t commit_time = 0;
};

struct origin {
    lsn commit_lsn;
    std::string_view name;
};

struct relation_column {
    bool in_identity = false;
    std::string_view name;
    oid type = 0;
    std::int32_t type_modifier = -1;
};

struct relation {
    oid id = 0;
    std::string_view schema;  // "pg_catalog" where the protocol sends an empty name
    std::string_view name;
    replica_identity identity = replica_identity::default_key;
    std::span<const relation_column> columns;
};

struct type {
    oid id = 0;
    std::string_view schema;  // of a domain: that of its base type, as PostgreSQL sends it
    std::string_view name;
};

struct insert {
    oid relation = 0;
    row after;
};

struct update {
    oid relation = 0;
    old_row before_kind = old_row::none;
    row before;
    row after;
};

struct delete_row {
    oid relation = 0;
    old_row before_kind = old_row::key;
    row before;
};

struct truncate {
    std::span<const oid> relations;
    bool cascade = false;
    bool restart_identity = false;
};

struct logical_message {
    bool transactional = false;
    lsn at;  // the end of the message's WAL record
    std::string_view prefix;
    std::string_view content;
};

struct stream_start {
    transaction_id xid = 0;
    bool first_block = false;
};

struct stream_stop {};

struct stream_commit {
    transaction_id xid = 0;
    lsn commit_lsn;
    lsn end_lsn;
    std::int64_t commit_time = 0;
};

// A subtransaction of xid, or the whole of it when both are equal, was rolled back.
struct stream_abort {
    transaction_id xid = 0;
    transaction_id subtransaction = 0;
};

// Of b, P, K, r and p. walferry never asks for two_phase; they are read so that a slot on which
// somebody else switched it on is recognised and refused instead of misread.
struct two_phase {
    char kind = 0;
    lsn end_lsn;
    transaction_id xid = 0;
    std::string_view gid;
};

using body = std::variant<begin, commit, origin, relation, type, insert, update, delete_row,
                          truncate, logical_message, stream_start, stream_stop, stream_commit,
                          stream_abort, two_phase>;

struct message {
    transaction_id xid = 0;  // the (sub)transaction, inside a stream block only; else 0
    body content;
};

}  // namespace walferry::pgoutput
