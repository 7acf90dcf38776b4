#pragma once

#include "lib/base/lsn.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>

namespace walferry::pipeline {

// Up to where standbys have whole WAL records. A standby's flush LSN may lie inside a record; where
// records begin is known from the insert LSN of the primary at some earlier time. Pure.
class standby_gate {
public:
    // At one time: where the primary will write its next record, and what every standby has
    // flushed.
    void sampled(lsn next_record, lsn flushed) {
        const lsn begin = without_page_header(next_record);
        if (begins_.empty() || begins_.back() < begin) {
            begins_.push_back(begin);
        }
        if (begins_.size() > begins_max) {
            begins_.pop_front();
        }
        while (!begins_.empty() && begins_.front() <= flushed) {
            safe_ = std::max(safe_, begins_.front());
            begins_.pop_front();
        }
    }

    // Every record that begins before it is flushed as a whole.
    lsn safe() const { return safe_; }

private:
    static constexpr std::size_t begins_max = 64;

    // On a page's edge the insert LSN is behind the header of a page that does not exist yet.
    static lsn without_page_header(lsn at) {
        constexpr std::uint64_t page = 8192;
        constexpr std::uint64_t short_header = 24;
        constexpr std::uint64_t long_header = 40;
        const auto inside = at.value % page;
        return inside == short_header || inside == long_header ? lsn{at.value - inside} : at;
    }

    std::deque<lsn> begins_;
    lsn safe_;
};

}  // namespace walferry::pipeline
