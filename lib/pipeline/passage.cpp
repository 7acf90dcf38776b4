#include "lib/pipeline/passage.hpp"

#include <algorithm>

namespace walferry::pipeline {
namespace {

// The server's clock may be ahead of ours.
passage::seconds since(unix_time commit, unix_time now) {
    const auto passed = std::chrono::microseconds{now.microseconds - commit.microseconds};
    return std::max(passage::seconds{passed}, passage::seconds{0});
}

}  // namespace

void passage::received(lsn end, unix_time commit, std::uint64_t changes, const moment& now) {
    if (!out_.empty() && end <= out_.back().end) {
        return;
    }
    last_way_ = since(commit, now.wall);
    commit_to_receive_.add(last_way_.count());
    changes_.add(static_cast<double>(changes));
    if (out_.size() < out_max) {
        out_.push_back({end, commit, now.steady});
    } else {
        out_.back().end = end;
    }
}

void passage::acknowledged(lsn at, const moment& now) {
    while (!out_.empty() && out_.front().end <= at) {
        commit_to_ack_.add(since(out_.front().commit, now.wall).count());
        out_.pop_front();
    }
}

const passage::transaction* passage::first_behind(lsn at) const {
    const auto found = std::upper_bound(out_.begin(), out_.end(), at,
                                        [](lsn where, const auto& one) { return where < one.end; });
    return found == out_.end() ? nullptr : &*found;
}

std::optional<passage::seconds> passage::age_behind(lsn at, const moment& now) const {
    const auto* first = first_behind(at);
    return first == nullptr ? std::nullopt : std::optional{since(first->commit, now.wall)};
}

std::optional<passage::seconds> passage::wait_behind(lsn at, const moment& now) const {
    const auto* first = first_behind(at);
    return first == nullptr ? std::nullopt : std::optional<seconds>{now.steady - first->read};
}

}  // namespace walferry::pipeline
