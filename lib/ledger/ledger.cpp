#include "lib/ledger/ledger.hpp"

#include "lib/base/assert.hpp"

#include <algorithm>

namespace walferry {

ledger::ticket ledger::open(lsn commit) {
    WALFERRY_ASSERT(!open_);
    open_ = true;
    open_sent_ = 0;
    entries_.emplace_back().commit = commit;
    return first_ + entries_.size() - 1;
}

std::optional<lsn> ledger::commit_of(ticket which) const {
    if (which < first_ || which >= next()) {
        return std::nullopt;
    }
    return entries_[which - first_].commit;
}

void ledger::sent() {
    WALFERRY_ASSERT(open_);
    ++entries_.back().pending;
    ++open_sent_;
    ++unconfirmed_;
}

void ledger::close(lsn end) {
    WALFERRY_ASSERT(open_);
    WALFERRY_ASSERT(end >= received_);
    open_ = false;
    received_ = end;
    if (open_sent_ == 0 && entries_.size() > 1) {
        // Nobody will confirm it: like a keepalive it lives in the entry before, so that a stream
        // of transactions that configuration leaves out takes no memory while the broker hangs.
        entries_.pop_back();
        entries_.back().end = end;
        return;
    }
    entries_.back().end = end;
    entries_.back().closed = true;
    release();
}

void ledger::confirmed(ticket which) {
    WALFERRY_ASSERT(which < first_ + entries_.size());
    if (which < first_) {
        return;
    }
    auto& transaction = entries_[which - first_];
    if (transaction.abandoned) {
        return;
    }
    WALFERRY_ASSERT(transaction.pending > 0);
    --transaction.pending;
    --unconfirmed_;
    release();
}

void ledger::keepalive(lsn at) {
    if (open_ || at <= received_) {
        return;
    }
    received_ = at;
    if (entries_.empty()) {
        raise(at);
    } else {
        entries_.back().end = at;
    }
}

void ledger::reset_open() {
    if (!open_) {
        return;
    }
    open_ = false;
    auto& transaction = entries_.back();
    unconfirmed_ -= transaction.pending;
    transaction.pending = 0;
    transaction.closed = true;
    transaction.abandoned = true;
    release();
}

void ledger::discard_outstanding() {
    first_ += entries_.size();
    entries_.clear();
    open_ = false;
    unconfirmed_ = 0;
    received_ = acknowledgeable_;
}

void ledger::begin_at(lsn at) {
    discard_outstanding();
    acknowledgeable_ = received_ = at;
}

void ledger::release() {
    while (!entries_.empty() && entries_.front().closed && entries_.front().pending == 0) {
        if (entries_.front().end) {
            raise(entries_.front().end);
        }
        entries_.pop_front();
        ++first_;
    }
}

void ledger::raise(lsn at) {
    WALFERRY_ASSERT(at >= acknowledgeable_);
    acknowledgeable_ = at;
}

}  // namespace walferry
