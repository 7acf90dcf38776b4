#include "lib/observe/history.hpp"

#include <algorithm>
#include <array>

namespace walferry::observe {
namespace {

// A walsender that is this far ahead of us has more to send than what is on its way.
constexpr std::uint64_t caught_up_bytes = 256 * 1024;
constexpr std::int64_t distance_min_us = 500'000;

double difference(std::uint64_t before, std::uint64_t after) {
    return after > before ? static_cast<double>(after - before) : 0.0;
}

}  // namespace

std::string_view name_of(bottleneck who) {
    switch (who) {
        case bottleneck::none:
            return "none";
        case bottleneck::walsender:
            return "walsender";
        case bottleneck::walferry:
            return "walferry";
        case bottleneck::broker:
            return "broker";
    }
    return "none";
}

history::point history::point_of(const stream_facts& facts) {
    point made{.at = facts.taken_at,
               .tables = facts.tables,
               .bytes = facts.source.bytes,
               .lag_bytes = lag_of(facts.lsns).total,
               .wait_source = facts.times.wait_source,
               .work = facts.times.work,
               .wait_sink = facts.times.wait_sink};
    for (const table_facts& table : facts.tables) {
        made.changes += table.total();
    }
    return made;
}

void history::add(const stream_facts& facts) {
    const std::int64_t now = facts.taken_at.microseconds;
    if (!points_.empty() && now - points_.back().at.microseconds < 0) {
        points_.clear();  // the wall clock was set back
    }
    if (points_.empty() || now - points_.back().at.microseconds >= distance_min_us) {
        points_.push_back(point_of(facts));
    }
    while (points_.size() > 2 && now - points_[1].at.microseconds >= rate_window_us) {
        points_.pop_front();
    }
    gather(facts);
}

// The worst of ten seconds counts: an instant's value would miss what people look for.
void history::gather(const stream_facts& facts) {
    const std::int64_t now = facts.taken_at.microseconds;
    worst_.lag_seconds = std::max(worst_.lag_seconds, facts.lag.acknowledge.count());
    worst_.lag_bytes = std::max(worst_.lag_bytes, lag_of(facts.lsns).total);
    worst_.interrupted = worst_.interrupted || facts.state == stream_state::reconnecting ||
                         facts.state == stream_state::stopped;
    const bool early = !samples_.empty() && now >= samples_.back().at.microseconds &&
                       now - samples_.back().at.microseconds < step_us;
    if (early) {
        return;
    }
    worst_.at = facts.taken_at;
    worst_.changes_per_second = changes_per_second();
    samples_.push_back(worst_);
    worst_ = {};
    if (samples_.size() > samples_max) {
        samples_.pop_front();
    }
}

double history::window() const {
    if (points_.size() < 2) {
        return 0;
    }
    const std::int64_t span = points_.back().at.microseconds - points_.front().at.microseconds;
    return static_cast<double>(span) / 1e6;
}

std::vector<std::pair<std::string, double>> history::table_rates() const {
    std::vector<std::pair<std::string, double>> rates;
    if (window() <= 0) {
        return rates;
    }
    const std::vector<table_facts>& before = points_.front().tables;
    for (const table_facts& table : points_.back().tables) {
        const auto old = std::find_if(before.begin(), before.end(), [&](const table_facts& other) {
            return other.name == table.name;
        });
        const std::uint64_t start = old == before.end() ? 0 : old->total();
        rates.emplace_back(table.name, difference(start, table.total()) / window());
    }
    return rates;
}

double history::changes_per_second() const {
    return window() <= 0 ? 0.0
                         : difference(points_.front().changes, points_.back().changes) / window();
}

double history::bytes_per_second() const {
    return window() <= 0 ? 0.0 : difference(points_.front().bytes, points_.back().bytes) / window();
}

bottleneck history::bound_by() const {
    if (window() <= 0) {
        return bottleneck::none;
    }
    const point& first = points_.front();
    const point& last = points_.back();
    const seconds source = last.wait_source - first.wait_source;
    const seconds work = last.work - first.work;
    const seconds sink = last.wait_sink - first.wait_sink;
    if (sink > source && sink > work) {
        return bottleneck::broker;
    }
    if (work > source) {
        return bottleneck::walferry;
    }
    const bool behind = std::min(first.lag_bytes, last.lag_bytes) > caught_up_bytes;
    return behind ? bottleneck::walsender : bottleneck::none;
}

}  // namespace walferry::observe
