// The loop's side of incremental snapshots: who reads, when rows are published, what is remembered.

#include "lib/pipeline/loop_incremental.hpp"

#include "lib/pipeline/loop_state.hpp"
#include "lib/postgres/publication_additions.hpp"
#include "lib/postgres/sql_text.hpp"

#include <boost/asio/post.hpp>

#include <random>
#include <utility>

namespace walferry::pipeline {
namespace {

// Between those of the initial snapshot's records and the sink's limit, far from both.
constexpr std::uint64_t ticket_distance = 13ull << 27;

}  // namespace

chunk_feed::chunk_feed(boost::asio::io_context& io, const config::settings& settings,
                       snapshot::chunk_reader::table_filter selects, owner who)
    : owner_(std::move(who)),
      reader_(io, settings.source, std::move(selects), {settings.snapshot.chunk_rows},
              owner_.decider.incremental().token(), *this) {}

// Whatever follows may end this object.
void chunk_feed::turn_over() {
    auto hand_back = owner_.turn_over;
    hand_back();
}

bool chunk_feed::opened(const snapshot::opened_table& table) {
    const bool wanted = owner_.decider.chunk_opened(table, owner_.now());
    turn_over();
    return wanted;
}

void chunk_feed::expanded(std::uint64_t number, const std::vector<std::string>& tables) {
    owner_.decider.chunk_expanded(number, tables, owner_.now());
    turn_over();
}

void chunk_feed::read(snapshot::chunk rows) {
    owner_.decider.chunk_read(std::move(rows), owner_.now());
    turn_over();
}

void chunk_feed::failed(std::uint64_t number, error why) {
    owner_.decider.chunk_failed(number, std::move(why), owner_.now());
    turn_over();
}

void loop::state::begin_marks() {
    std::random_device dice;
    std::string token;
    constexpr char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; ++i) {
        token += digits[dice() % 16];
    }
    decider.mark_with(std::move(token));
}

void loop::state::do_action(read_chunk& what) {
    if (chunks == nullptr) {
        chunk_feed::owner who{decider, [this] { return now(); }, [this] { end_turn(); }};
        chunks = std::make_unique<chunk_feed>(io, settings, selects, std::move(who));
    }
    chunks->read(std::move(what.what));
}

void loop::state::do_action(abandon_chunk&) {
    chunks.reset();
}

void loop::state::do_action(write_incremental_memory& what) {
    if (!keeps_state()) {
        decider.incremental_stored(now());
        return;
    }
    if (sink == nullptr || !state_topic_id) {
        return;
    }
    const auto json = snapshot::to_json(what.what);
    const auto key = snapshot::incremental_key(settings.source.slot);
    incremental_ticket = std::max(incremental_ticket + 1, decider.book().next() + ticket_distance);
    walferry::record bytes;
    bytes.key = key;
    bytes.value = json;
    bytes.timestamp_ms = what.what.written_at.microseconds / 1000;
    sink->produce(*state_topic_id, 0, bytes, incremental_ticket);
}

// Before the other confirmations of the state topic are looked for, which would take it for theirs.
void loop::state::take_incremental_confirmation() {
    if (incremental_ticket == 0) {
        return;
    }
    for (const auto& report : from_sink.confirmed) {
        if (report.ticket == incremental_ticket) {
            decider.incremental_stored(now());
            return;
        }
    }
}

result<void> loop::state::recall_incremental() {
    const auto found = snapshot_documents.find(snapshot::incremental_key(settings.source.slot));
    if (found == snapshot_documents.end()) {
        return {};
    }
    auto memory = snapshot::parse_incremental(found->second);
    if (!memory) {
        return tl::unexpected(std::move(memory.error()));
    }
    decider.remember_incremental(std::move(*memory));
    return {};
}

result<void> loop::ask_for_snapshot(std::string_view text) {
    auto asked = snapshot::parse_request(text);
    if (!asked) {
        return tl::unexpected(std::move(asked.error()));
    }
    const auto& settings = state_->settings;
    if (!state_->decider.is_streaming() || !state_->prepared) {
        return fail(error_kind::server_not_ready, "walferry does not stream now", "ask again");
    }
    asked->slot = settings.source.slot;
    asked->seal = seal_of(*asked, settings.http.token);
    state_->control_jobs.add(
        [self = state_, json = to_json(*asked), attempt = state_->attempt_number] {
            return self->write_request(json, attempt);
        });
    return {};
}

postgres::task<void> loop::state::write_request(std::string json, std::uint64_t attempt) {
    auto self = shared_from_this();
    result<postgres::query_result> written =
        fail(error_kind::connection_lost, "the connection to PostgreSQL broke");
    if (attempt == attempt_number && !over && prepared) {
        auto control = prepared->control.share();
        std::string sql = "SELECT pg_logical_emit_message(true, '";
        sql += snapshot::request_prefix;
        sql += "', " + postgres::quote_literal(json) + "::text)";
        written = co_await control.query(std::move(sql));
    }
    if (!written && !over) {
        const auto& why = written.error();
        report note{report::severity::warning,
                    "snapshot_not_asked",
                    "a request for a snapshot is lost: " + why.message,
                    "ask again",
                    {},
                    why.kind};
        do_action(note);
    }
}

// Before the new definition is remembered: whoever crashes in between finds the same again.
void loop::state::snapshot_additions(const std::string& before, const std::string& now_published) {
    if (!settings.snapshot.new_tables || before.empty() || before == now_published) {
        return;
    }
    const auto was = postgres::parse_definition(before);
    const auto is = postgres::parse_definition(now_published);
    if (!was || !is) {
        return;  // told by whoever compares them
    }
    for (const auto& table : postgres::added_to(*was, *is)) {
        decider.snapshot_new_table(table, now());
    }
}

// What is read, what waits, and what ended last.
void loop::state::show_incremental(observe::stream_facts& shown) const {
    using observe::snapshot_state;
    const auto& memory = decider.incremental().memory();
    if (memory.tables.empty() && memory.ended.empty()) {
        return;
    }
    auto& to = shown.snapshot;
    for (const auto& table : memory.ended) {
        const bool done = table.outcome != snapshot::table_outcome::failed;
        to.tables.push_back(
            {table.table, table.rows, table.rows, true, true, done ? std::string{} : table.why});
        to.state = done ? snapshot_state::done : snapshot_state::failed;
    }
    for (const auto& table : memory.tables) {
        to.tables.push_back({table.table, table.rows, table.rows_estimated, false, true, {}});
        to.state = memory.paused ? snapshot_state::paused : snapshot_state::running;
    }
    if (!memory.tables.empty()) {
        to.started_at = memory.tables.front().begun_at;
    }
    if (chunks != nullptr) {
        to.waits_for = chunks->waits_for();
    }
}

// Some rows a turn, so that the sink and timers have theirs.
void loop::state::emit_later() {
    if (emitting || over || !decider.can_emit()) {
        return;
    }
    emitting = true;
    boost::asio::post(io, [self = shared_from_this()] {
        self->emitting = false;
        if (!self->over && self->decider.can_emit()) {
            self->decider.emit_rows(self->now());
            self->end_turn();
        }
    });
}

}  // namespace walferry::pipeline
