// The loop's side of the initial snapshot: who reads, what is remembered of it.

#include "lib/pipeline/loop_snapshot.hpp"

#include "lib/pipeline/loop_state.hpp"

#include <unistd.h>

#include <algorithm>

namespace walferry::pipeline {
namespace {

// Far from the tickets of positions, which lie 2^30 above those of transactions.
constexpr std::uint64_t memory_ticket_distance = 3u << 29;

constexpr std::chrono::seconds told_every{10};

}  // namespace

snapshot_rows::snapshot_rows(boost::asio::io_context& io, snapshot::reading_request request,
                             owner who)
    : owner_(std::move(who)), reader_(io, std::move(request), *this) {}

// Whatever follows may end this object.
void snapshot_rows::turn_over() {
    auto hand_back = owner_.turn_over;
    hand_back();
}

void snapshot_rows::begins(const std::vector<snapshot::table_size>& tables) {
    std::vector<snapshot::course_table> found;
    for (const auto& table : tables) {
        snapshot::course_table one;
        one.name = table.full_name();
        one.rows_estimated = table.rows_estimated;
        found.push_back(std::move(one));
    }
    owner_.decider.snapshot_begins(std::move(found));
    if (tables.empty()) {
        return;
    }
    turn_over();
}

bool snapshot_rows::wants_rows() {
    return owner_.decider.wants_rows();
}

void snapshot_rows::announces(std::uint32_t table, const pgoutput::relation& as,
                              std::uint32_t newest_transaction) {
    owner_.decider.snapshot_announces(table, as, newest_transaction, owner_.now());
    turn_over();
}

void snapshot_rows::rows(std::uint32_t table, std::span<const std::string_view> lines) {
    owner_.decider.snapshot_rows(table, lines, owner_.now());
    turn_over();
}

void snapshot_rows::table_ends(std::uint32_t table) {
    owner_.decider.snapshot_table_ends(table, owner_.now());
    turn_over();
}

void snapshot_rows::ended(std::optional<error> why) {
    if (why) {
        owner_.decider.connection_failed(std::move(*why), owner_.now());
    } else {
        owner_.decider.snapshot_ends(owner_.now());
    }
    turn_over();
}

void loop::state::do_action(read_snapshot&) {
    snapshot::reading_request request;
    request.source = settings.source;
    request.workers = settings.snapshot.workers;
    request.max_transaction = settings.snapshot.max_transaction;
    request.exported = prepared->slot.snapshot;
    for (const auto& table : prepared->publication.tables) {
        request.tables.push_back(table.id);
    }
    request.selects = [this](const snapshot::table_size& table) {
        return (!selects || selects(table.schema, table.name)) &&
               !decider.snapshot().is_done(table.full_name());
    };
    seen.snapshot.started_at = now().wall;
    set_state(observe::stream_state::snapshot, "reading the rows that are there");
    snapshot_rows::owner who{decider, [this] { return now(); }, [this] { end_turn(); }};
    rows = std::make_unique<snapshot_rows>(io, std::move(request), std::move(who));
    rows->start();
}

void loop::state::do_action(write_snapshot_memory& what) {
    if (!keeps_state()) {
        decider.snapshot_stored(now());
        return;
    }
    if (sink == nullptr || !state_topic_id) {
        return;
    }
    what.what.written_at = now().wall;
    const auto json = snapshot::to_json(what.what);
    const auto key = snapshot::memory_key(settings.source.slot);
    memory_ticket = decider.book().next() + memory_ticket_distance;
    walferry::record bytes;
    bytes.key = key;
    bytes.value = json;
    bytes.timestamp_ms = what.what.written_at.microseconds / 1000;
    sink->produce(*state_topic_id, 0, bytes, memory_ticket);
}

result<std::optional<snapshot::memory>> loop::state::remembered_snapshot() const {
    auto found = snapshot_documents.find(snapshot::memory_key(settings.source.slot));
    if (found == snapshot_documents.end()) {
        return std::optional<snapshot::memory>{};
    }
    auto memory = snapshot::parse_memory(found->second);
    if (!memory) {
        return tl::unexpected(std::move(memory.error()));
    }
    return std::optional{std::move(*memory)};
}

// Before the confirmations of positions are looked for, which would take these for theirs.
void loop::state::take_memory_confirmations() {
    const auto first = decider.book().next() + memory_ticket_distance / 6 * 5;
    bool written = false;
    std::erase_if(from_sink.confirmed, [&](const publish::delivery& report) {
        written = written || (report.ticket == memory_ticket && memory_ticket != 0);
        return report.ticket >= first;
    });
    if (written) {
        memory_ticket = 0;
        decider.snapshot_stored(now());
    }
}

// A slot that is there only while its snapshot is read: whoever dies meanwhile leaves nothing.
void loop::state::ask_for_snapshot(postgres::prepare_request& request) const {
    using config::snapshot_mode;
    const auto mode = settings.snapshot.mode;
    if (mode == snapshot_mode::never) {
        return;
    }
    request.snapshot = postgres::snapshot_export::exported;
    request.replaces_lost = mode == snapshot_mode::when_needed;
    if (mode == snapshot_mode::when_needed && settings.source.create) {
        request.create = postgres::creation::allowed;
    }
    constexpr std::size_t name_max = 63;
    const std::string ending = "_snapshot_" + std::to_string(::getpid());
    const std::string own = settings.source.slot.substr(0, name_max - ending.size()) + ending;
    if (mode == snapshot_mode::only) {
        request.source.slot = own;
        request.temporary_slot = true;
    } else if (!keeps_state()) {
        request.snapshot_slot = own;
        if (decider.reads_without_memory() && settings.source.create) {
            request.create = postgres::creation::allowed;
        }
    }
}

void loop::state::show_snapshot(observe::stream_facts& shown) const {
    const auto& course = decider.snapshot();
    shown.snapshot.rows = course.rows() + decider.incremental().rows();
    if (!seen.snapshot.started_at) {
        show_incremental(shown);
        return;
    }
    shown.snapshot.state =
        course.due() ? observe::snapshot_state::running : observe::snapshot_state::done;
    if (over && course.due()) {
        shown.snapshot.state = observe::snapshot_state::failed;
    }
    for (const auto& table : course.tables()) {
        shown.snapshot.tables.push_back({table.name, table.rows, table.rows_estimated, table.done});
    }
    show_incremental(shown);
}

// A line in the log now and then, for those who watch it.
void loop::state::tell_snapshot() {
    const auto& course = decider.snapshot();
    const auto at = now();
    if (decider.state() != phase::snapshot || at.steady - snapshot_told_at < told_every) {
        return;
    }
    snapshot_told_at = at.steady;
    std::uint64_t expected = 0;
    std::size_t left = 0;
    for (const auto& table : course.tables()) {
        expected += std::max(table.rows, table.rows_estimated);
        left += table.done ? 0 : 1;
    }
    std::string message = std::to_string(course.rows()) + " rows of about " +
                          std::to_string(expected) + " read, " + std::to_string(left) +
                          " tables left";
    log.write({.event = "snapshot_progress", .message = message, .slot = settings.source.slot});
}

}  // namespace walferry::pipeline
