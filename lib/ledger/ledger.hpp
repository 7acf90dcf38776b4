#pragma once

#include "lib/base/lsn.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace walferry {

// What may be acknowledged to PostgreSQL. Transactions enter in commit order; each counts its
// records that are out and not yet confirmed by the broker. acknowledgeable() is the end LSN of the
// last transaction of the longest prefix that is closed and confirmed as a whole. It never
// decreases.
//
// Life: one for the life of the process, reset_open() at every new session with PostgreSQL and
// discard_outstanding() when a producer is replaced. Broken call orders are assertion failures.
// Pure; not thread-safe; the loop's thread only.
class ledger {
public:
    // Names a transaction's entry; given back with every confirmation. The ticket of a transaction
    // without records is used again.
    using ticket = std::uint64_t;

    explicit ledger(lsn acknowledged = {}) : acknowledgeable_(acknowledged) {}

    // A transaction begins. At most one is open. `commit` is where it is found again: the LSN of
    // its commit record.
    ticket open(lsn commit = {});

    // What open() was told; nothing when the transaction is confirmed or was given up.
    std::optional<lsn> commit_of(ticket which) const;

    // One more record of the open transaction was handed to the sink.
    void sent();

    // The open transaction's commit was read; `end` is the commit message's end LSN.
    void close(lsn end);

    // The broker confirmed one record, with a valid offset.
    void confirmed(ticket which);

    // The server says that everything that commits at or before `at` was sent already. Counts as an
    // empty transaction; ignored while a transaction is open, because its commit is later anyway.
    void keepalive(lsn at);

    // The session with PostgreSQL ended: the open transaction will be sent again from its
    // beginning. Confirmations of what was sent of it are ignored from now on.
    void reset_open();

    // The producer was replaced: nothing that is unconfirmed will ever be confirmed. The stream
    // must start again at acknowledgeable(). Older tickets are not valid any more.
    void discard_outstanding();

    // Positions begin anew, perhaps below what was reached: another server's history, a gap that
    // was accepted, or what another process published meanwhile. Discards what is outstanding.
    void begin_at(lsn at);

    lsn acknowledgeable() const { return acknowledgeable_; }

    // The end of the last closed transaction, confirmed or not: where a new session with PostgreSQL
    // may start while the same producer lives.
    lsn received() const { return received_; }

    // The ticket that the next transaction gets.
    ticket next() const { return first_ + entries_.size(); }

    bool is_open() const { return open_; }
    bool idle() const { return !open_ && entries_.empty(); }
    std::uint64_t unconfirmed() const { return unconfirmed_; }
    // Of the oldest transaction that is out, once it is closed; 0 while it is open.
    std::uint64_t oldest_pending() const {
        return entries_.empty() || !entries_.front().closed ? 0 : entries_.front().pending;
    }
    std::size_t transactions() const { return entries_.size(); }

private:
    struct entry {
        lsn commit;
        lsn end;  // the highest LSN that may be acknowledged with this entry
        std::uint64_t pending = 0;
        bool closed = false;
        bool abandoned = false;  // its confirmations are ignored, its LSN is not acknowledged
    };

    void release();
    void raise(lsn at);

    std::deque<entry> entries_;
    ticket first_ = 1;  // ticket of entries_.front()
    lsn acknowledgeable_;
    lsn received_ = acknowledgeable_;
    std::uint64_t unconfirmed_ = 0;
    std::uint64_t open_sent_ = 0;  // records of the open transaction, confirmed or not
    bool open_ = false;
};

}  // namespace walferry
