#include "lib/observe/facts.hpp"

#include <utility>

namespace walferry::observe {
namespace {

std::uint64_t distance(lsn behind, lsn ahead) {
    return behind && ahead > behind ? ahead.value - behind.value : 0;
}

}  // namespace

std::string_view name_of(stream_state state) {
    switch (state) {
        case stream_state::starting:
            return "starting";
        case stream_state::standby:
            return "standby";
        case stream_state::snapshot:
            return "snapshot";
        case stream_state::streaming:
            return "streaming";
        case stream_state::catching_up:
            return "catching_up";
        case stream_state::reconnecting:
            return "reconnecting";
        case stream_state::draining:
            return "draining";
        case stream_state::stopped:
            return "stopped";
    }
    return "unknown";
}

std::string_view name_of(wal_status status) {
    switch (status) {
        case wal_status::unknown:
            return "unknown";
        case wal_status::reserved:
            return "reserved";
        case wal_status::extended:
            return "extended";
        case wal_status::unreserved:
            return "unreserved";
        case wal_status::lost:
            return "lost";
    }
    return "unknown";
}

std::string_view name_of(snapshot_state state) {
    switch (state) {
        case snapshot_state::none:
            return "none";
        case snapshot_state::running:
            return "running";
        case snapshot_state::paused:
            return "paused";
        case snapshot_state::done:
            return "done";
        case snapshot_state::failed:
            return "failed";
    }
    return "unknown";
}

lag_bytes lag_of(const lsn_facts& at) {
    return {.receive = distance(at.received, at.server),
            .publish = distance(at.published, at.received),
            .confirm = distance(at.confirmed, at.published),
            .acknowledge = distance(at.acknowledged, at.confirmed),
            .total = distance(at.acknowledged, at.server)};
}

void error_ring::add(error_note note) {
    if (!entries_.empty()) {
        entry& last = entries_.back();
        if (last.note.kind == note.kind && last.note.message == note.message) {
            last.note = std::move(note);
            ++last.times;
            return;
        }
    }
    if (entries_.size() == size_max) {
        entries_.erase(entries_.begin());
    }
    entries_.push_back({std::move(note), 1});
}

}  // namespace walferry::observe
