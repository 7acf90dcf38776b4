#pragma once

#include "lib/base/error.hpp"
#include "lib/change/change.hpp"
#include "lib/change/relation.hpp"

#include <span>
#include <string>
#include <vector>

namespace walferry::change {

// What a message meant.
enum class step {
    nothing,   // Origin, Type
    begin,     // a transaction opened: current()
    changes,   // changes() of the open transaction, or one message outside of any
    relation,  // announced() says which table, and whether its definition is new
    commit,    // the transaction closed: end_lsn()
};

// Puts the messages of protocol 1 together: transactions, the tables as they were, positions, and
// TOASTed values that the old row still has. Streamed transactions reach it through the spool, as
// if they had come whole. Pure; after an error it must not be used until new_session().
class assembler {
public:
    // `at` is the XLogData's start. Errors: protocol_violation.
    result<step> apply(const pgoutput::message& message, lsn at);

    bool in_transaction() const { return open_; }
    const transaction& current() const { return transaction_; }
    std::span<const change> changes() const { return changes_; }
    relation_registry::announcement announced() const { return announced_; }
    lsn end_lsn() const { return end_lsn_; }
    const relation_registry& relations() const { return relations_; }

    // The stream begins anew: an open transaction is dropped, it will be sent again from its Begin.
    void new_session();

private:
    result<step> begin(const pgoutput::begin& message);
    result<step> commit(const pgoutput::commit& message);
    result<step> origin(const pgoutput::origin& message);
    result<step> insert(const pgoutput::insert& message, lsn at);
    result<step> update(const pgoutput::update& message, lsn at);
    result<step> delete_row(const pgoutput::delete_row& message, lsn at);
    result<step> truncate(const pgoutput::truncate& message, lsn at);
    result<step> logical_message(const pgoutput::logical_message& message, lsn at);

    result<const relation*> table_of_row(oid id);
    change& next_change(operation what, const relation* table, lsn at);
    pgoutput::row with_known_values(const relation& table, const pgoutput::update& message);

    relation_registry relations_;
    relation_registry::announcement announced_;
    transaction transaction_;
    std::string origin_name_;
    std::vector<change> changes_;
    std::vector<pgoutput::column_value> filled_;
    lsn end_lsn_;
    std::uint64_t sequence_ = 0;
    bool open_ = false;
};

}  // namespace walferry::change
