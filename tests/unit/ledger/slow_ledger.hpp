#pragma once

#include "lib/base/lsn.hpp"

#include <cstdint>
#include <vector>

namespace walferry::test {

// Mistakes that a ledger can make. The random histories must find every one of them.
enum class fault {
    none,
    acknowledges_received,         // does not wait for confirmations at all
    skips_gaps,                    // a confirmed transaction counts although one before it is out
    keepalive_while_out,           // a keepalive is acknowledged although records are out
    keepalive_while_open,          // a keepalive counts as received inside a transaction
    open_counts_as_closed,         // all records confirmed, commit not read: acknowledged
    abandoned_is_acknowledged,     // the LSN after a broken transaction comes from its records
    late_confirmations_count,      // confirmations of an abandoned transaction serve another one
    discarded_counts_as_received,  // a new producer goes on behind what the old one lost
    discarded_stays_out,           // what was lost is waited for for ever
};

// The ledger as one would explain it: every transaction that ever was, in a row, and each question
// answered by looking at all of them. With a fault it is wrong on purpose.
class slow_ledger {
public:
    using ticket = std::uint64_t;

    explicit slow_ledger(fault wrong = fault::none) : wrong_(wrong) {}

    ticket open();
    void sent();
    void close(lsn end);
    void confirmed(ticket which);
    void keepalive(lsn at);
    void reset_open();
    void discard_outstanding();

    lsn acknowledgeable() const;
    lsn received() const { return received_; }
    bool is_open() const { return open_; }
    bool idle() const { return !open_ && unconfirmed() == 0; }
    std::uint64_t unconfirmed() const;

private:
    struct transaction {
        ticket name = 0;
        lsn end;
        std::uint64_t sent = 0;
        std::uint64_t confirmed = 0;
        bool closed = false;
        bool abandoned = false;

        bool complete() const { return sent == confirmed; }
    };

    lsn prefix_end() const;

    fault wrong_;
    std::vector<transaction> all_;
    lsn forgotten_;  // the prefix's end when all_ was emptied last
    lsn received_;
    ticket next_ = 1;
    bool open_ = false;
};

}  // namespace walferry::test
