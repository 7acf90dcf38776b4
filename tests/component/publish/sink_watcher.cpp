#include "sink_watcher.hpp"

#include <catch2/catch.hpp>
#include <poll.h>

#include <algorithm>
#include <chrono>

namespace walferry::publish {

sink_watcher::sink_watcher(sink_factory& factory) {
    auto made = factory.make();
    if (!made) {
        FAIL(made.error().message);
    }
    sink_ = std::move(*made);
}

topic_id sink_watcher::open(const std::string& name, int partitions) {
    sink_->open_topics({{name, true, partitions, -1, {}}});
    const auto before = opened.size();
    CHECK(wait([&] { return opened.size() > before || failed; }));
    return opened.size() > before ? opened.back().id : 0;
}

void sink_watcher::produce(topic_id topic, std::string_view key, std::string_view value,
                           std::uint64_t ticket, std::int32_t partition) {
    sink_->produce(topic, partition, {key, value, {}, 1'700'000'000'000, ++sequence_}, ticket);
}

void sink_watcher::poll_all() {
    bool more = true;
    while (more) {
        sink_events events;
        more = sink_->poll(events);
        for (const auto& one : events.confirmed) {
            by_ticket[one.ticket] += one.count;
        }
        opened.insert(opened.end(), events.opened.begin(), events.opened.end());
        troubles.insert(troubles.end(), events.troubles.begin(), events.troubles.end());
        if (events.failed) {
            ++failures;
            failed = events.failed;
            refused = events.refused;
            reader_left = events.reader_left;
        }
    }
}

bool sink_watcher::wait(const std::function<bool()>& done, int milliseconds) {
    using clock = std::chrono::steady_clock;
    const auto until = clock::now() + std::chrono::milliseconds(milliseconds);
    while (!done()) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
        if (left <= 0) {
            return false;
        }
        const auto due = sink_->due().value_or(until);
        const auto pause = std::chrono::ceil<std::chrono::milliseconds>(due - clock::now()).count();
        pollfd one{sink_->wake_fd(), POLLIN, 0};
        if (::poll(&one, 1, static_cast<int>(std::clamp<std::int64_t>(pause, 0, left))) == 1) {
            sink_->woken();
        }
        poll_all();
    }
    return true;
}

bool sink_watcher::wait_confirmed(std::uint64_t count) {
    return wait([&] { return confirmed() >= count || failed; }) && !failed;
}

bool sink_watcher::wait_failed() {
    return wait([&] { return failed.has_value(); });
}

void sink_watcher::watch(int milliseconds) {
    wait([] { return false; }, milliseconds);
}

std::uint64_t sink_watcher::confirmed() const {
    std::uint64_t sum = 0;
    for (const auto& [ticket, count] : by_ticket) {
        sum += count;
    }
    return sum;
}

std::uint64_t sink_watcher::confirmed(std::uint64_t ticket) const {
    const auto found = by_ticket.find(ticket);
    return found == by_ticket.end() ? 0 : found->second;
}

}  // namespace walferry::publish
