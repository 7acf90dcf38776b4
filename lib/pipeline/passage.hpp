#pragma once

#include "lib/base/lsn.hpp"
#include "lib/base/time.hpp"
#include "lib/observe/histogram.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace walferry::pipeline {

// The times of committed transactions on their way through us, for figures only: what may be
// acknowledged is the ledger's. When very many are out, neighbours count as one with the time of
// the oldest. Pure.
class passage {
public:
    using seconds = std::chrono::duration<double>;

    // A commit was read; one that comes again is on its way already.
    void received(lsn end, unix_time commit, std::uint64_t changes, const moment& now);

    // Everything that ends at or before `at` was acknowledged to PostgreSQL.
    void acknowledged(lsn at, const moment& now);

    // Positions begin anew.
    void clear() { out_.clear(); }

    // Since the oldest commit was made, or read, that ends behind `at`; nothing when none does.
    std::optional<seconds> age_behind(lsn at, const moment& now) const;
    std::optional<seconds> wait_behind(lsn at, const moment& now) const;

    // The last commit's way from the server to us.
    seconds last_way() const { return last_way_; }

    const observe::histogram& commit_to_receive() const { return commit_to_receive_; }
    const observe::histogram& commit_to_ack() const { return commit_to_ack_; }
    const observe::histogram& changes() const { return changes_; }

private:
    static constexpr std::size_t out_max = 4096;

    struct transaction {
        lsn end;
        unix_time commit;
        instant read;
    };

    const transaction* first_behind(lsn at) const;

    std::deque<transaction> out_;
    seconds last_way_{0};
    observe::histogram commit_to_receive_ = observe::latency_histogram();
    observe::histogram commit_to_ack_ = observe::latency_histogram();
    observe::histogram changes_ = observe::size_histogram();
};

}  // namespace walferry::pipeline
