#include "tests/unit/ledger/slow_ledger.hpp"

#include <algorithm>

namespace walferry::test {

slow_ledger::ticket slow_ledger::open() {
    transaction begun;
    begun.name = next_++;
    all_.push_back(begun);
    open_ = true;
    return begun.name;
}

void slow_ledger::sent() {
    ++all_.back().sent;
}

void slow_ledger::close(lsn end) {
    all_.back().end = end;
    all_.back().closed = true;
    received_ = end;
    open_ = false;
}

void slow_ledger::confirmed(ticket which) {
    for (auto& known : all_) {
        if (known.name == which &&
            (!known.abandoned || wrong_ == fault::late_confirmations_count)) {
            ++(known.abandoned ? all_.back() : known).confirmed;
        }
    }
}

void slow_ledger::keepalive(lsn at) {
    bool heard = !open_ || wrong_ == fault::keepalive_while_open;
    if (!heard || at <= received_) {
        return;
    }
    received_ = at;
    if (wrong_ == fault::keepalive_while_out) {
        forgotten_ = at;
    }
    transaction empty;
    empty.name = 0;
    empty.end = at;
    empty.closed = true;
    all_.insert(open_ ? all_.end() - 1 : all_.end(), empty);
}

void slow_ledger::reset_open() {
    if (!open_) {
        return;
    }
    open_ = false;
    all_.back().closed = true;
    all_.back().abandoned = true;
    if (wrong_ == fault::abandoned_is_acknowledged && all_.back().complete()) {
        all_.back().abandoned = false;
        all_.back().end = {received_.value + 1};
    }
}

void slow_ledger::discard_outstanding() {
    open_ = false;
    if (wrong_ == fault::discarded_stays_out) {
        received_ = acknowledgeable();
        for (auto& known : all_) {
            known.closed = true;
        }
        return;
    }
    forgotten_ = acknowledgeable();
    if (wrong_ != fault::discarded_counts_as_received) {
        received_ = forgotten_;
    }
    all_.clear();
}

lsn slow_ledger::acknowledgeable() const {
    return wrong_ == fault::acknowledges_received ? received_ : prefix_end();
}

lsn slow_ledger::prefix_end() const {
    lsn end = forgotten_;
    for (const auto& known : all_) {
        if (known.abandoned) {
            continue;
        }
        bool done = known.complete() && (known.closed || wrong_ == fault::open_counts_as_closed);
        if (!done && wrong_ != fault::skips_gaps) {
            break;
        }
        if (done) {
            // An open one has no end yet; whoever believes it done takes what was received.
            end = std::max(end, known.closed ? known.end : lsn{received_.value + 1});
        }
    }
    return end;
}

std::uint64_t slow_ledger::unconfirmed() const {
    std::uint64_t out = 0;
    for (const auto& known : all_) {
        out += known.abandoned ? 0 : known.sent - known.confirmed;
    }
    return out;
}

}  // namespace walferry::test
