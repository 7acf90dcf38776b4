#include "lib/snapshot/chunk_reader.hpp"

#include "lib/postgres/sql_text.hpp"
#include "lib/snapshot/chunk_reader_state.hpp"
#include "lib/snapshot/reading_limits.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace walferry::snapshot {
namespace {

using unexpected = tl::unexpected<error>;
using postgres::task;

// A condition may have to look at many rows for few.
constexpr std::chrono::hours chunk_patience{24};

}  // namespace

chunk_reader::chunk_reader(boost::asio::io_context& io, config::source_settings source,
                           table_filter selects, limits bounds, std::string token,
                           chunk_taker& taker)
    : state_(std::make_shared<state>(io, std::move(source), std::move(selects), bounds,
                                     std::move(token), taker)) {}

chunk_reader::~chunk_reader() {
    state_->taker = nullptr;
    state_->jobs.cancel();
}

void chunk_reader::read(chunk_request request) {
    state_->waiting = std::move(request);
    state_->asked_for.wake();
    if (!std::exchange(state_->running, true)) {
        state_->jobs.spawn(state_->run());
    }
}

const std::string& chunk_reader::waits_for() const {
    return state_->waits_for;
}

task<void> chunk_reader::state::run() {
    auto self = shared_from_this();
    co_await boost::asio::post(io, boost::asio::use_awaitable);
    while (!stopped()) {
        if (!waiting) {
            co_await asked_for.wait();
            continue;
        }
        chunk_request request = std::move(*waiting);
        waiting.reset();
        auto done = co_await serve(request);
        waits_for.clear();
        if (!done) {
            session = {};
        }
        if (!done && !stopped()) {
            taker->failed(request.number, std::move(done.error()));
        }
    }
}

task<result<void>> chunk_reader::state::serve(chunk_request& request) {
    if (!session.usable()) {
        auto connected = co_await connect();
        if (!connected) {
            co_return connected;
        }
    }
    if (request.opens) {
        auto goes_on = co_await open(request);
        if (!goes_on) {
            co_return unexpected(std::move(goes_on.error()));
        }
        if (!*goes_on || stopped()) {
            co_return result<void>{};
        }
    }
    auto made = co_await read_rows(request);
    if (!made) {
        co_return unexpected(std::move(made.error()));
    }
    if (stopped()) {
        co_return result<void>{};
    }
    taker->read(std::move(*made));
    const auto text = mark_text(token, request.number, "high");
    std::string sql = emit_mark_flushed(text);
    auto marked = co_await say(std::move(sql));
    co_return marked;
}

error chunk_reader::state::gone(const std::string& table) {
    return {error_kind::table_unfit, "table " + table + " is not there", {}, {}};
}

task<result<void>> chunk_reader::state::say(std::string sql) {
    auto answer = co_await session.query(std::move(sql));
    if (!answer) {
        co_return unexpected(std::move(answer.error()));
    }
    co_return result<void>{};
}

task<result<void>> chunk_reader::state::connect() {
    postgres::connect_request how;
    how.url = source.url;
    how.application_name = source.slot + "_snapshot";
    how.timeout = source.connect_timeout;
    auto opened = co_await postgres::connection::open(io, std::move(how));
    if (!opened) {
        co_return unexpected(std::move(opened.error()));
    }
    session = std::move(*opened);
    std::string sql = "SET max_parallel_workers_per_gather = 0";
    auto pinned = co_await say(std::move(sql));
    co_return pinned;
}

// As it is for the present transaction, if there is one.
task<result<void>> chunk_reader::state::read_shape() {
    std::string sql = shape_query(table, source.publication, session.server_version());
    auto rows = co_await session.query(std::move(sql));
    if (!rows) {
        co_return unexpected(std::move(rows.error()));
    }
    auto found = shape_from(*rows);
    if (!found) {
        co_return unexpected(gone(name));
    }
    shape = std::move(*found);
    std::string asking = keys_query(table);
    auto listed = co_await session.query(std::move(asking));
    if (!listed) {
        co_return unexpected(std::move(listed.error()));
    }
    const auto keys = keys_from(*listed);
    auto chosen = choose_key(keys, shape);
    if (!chosen) {
        co_return unexpected(std::move(chosen.error()));
    }
    key = std::move(*chosen);
    co_return result<void>{};
}

task<result<chunk>> chunk_reader::state::read_rows(const chunk_request& request) {
    std::string begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE ";
    begin += shape.partitioned ? "" : "ONLY ";
    begin += postgres::quote_table(shape.schema, shape.name) + " IN ACCESS SHARE MODE";
    auto begun = co_await session.query(std::move(begin), lock_patience);
    if (!begun) {
        co_return unexpected(std::move(begun.error()));
    }
    auto shaped = co_await read_shape();
    if (!shaped) {
        co_return unexpected(std::move(shaped.error()));
    }
    if (key.names() != request.key) {
        co_return fail(error_kind::server_not_ready, "the key of table " + name + " changed");
    }
    std::string asking = "SELECT pg_current_snapshot()";
    auto snapshot = co_await session.query(std::move(asking));
    if (!snapshot) {
        co_return unexpected(std::move(snapshot.error()));
    }
    chunk made;
    made.number = request.number;
    auto seen = visibility::parse(snapshot->text(0, 0));
    if (!seen) {
        co_return fail(error_kind::protocol_violation,
                       "PostgreSQL tells a snapshot as " + snapshot->string(0, 0), "report this");
    }
    made.seen = std::move(*seen);
    made.shape = shape;
    std::string sql = chunk_statement(shape, key, request, rows_now);
    auto copy = co_await postgres::copy_out::begin(session, std::move(sql));
    if (!copy) {
        co_return unexpected(std::move(copy.error()));
    }
    chunk_reading lines{shape, key, request.binary};
    auto copied = co_await copy_rows(std::move(*copy), std::move(lines), made);
    if (!copied) {
        co_return unexpected(std::move(copied.error()));
    }
    std::string end = "COMMIT";
    auto over = co_await say(std::move(end));
    if (!over) {
        co_return unexpected(std::move(over.error()));
    }
    co_return made;
}

// What exceeds the bytes is thrown away and read with the next chunk, which asks for less.
task<result<void>> chunk_reader::state::copy_rows(postgres::copy_out copy, chunk_reading lines,
                                                  chunk& to) {
    bool cut = false;
    while (!copy.ended()) {
        if (stopped()) {
            co_return fail(error_kind::connection_lost, "the snapshot was given up");
        }
        const auto& some = copy.take(rows_at_once, bytes_at_once);
        for (const auto& line : some) {
            cut = cut || (to.rows.size() > 0 && to.rows.bytes() + line.size() > most.bytes);
            auto added = cut ? result<void>{} : lines.add(line, to);
            if (!added) {
                co_return added;
            }
        }
        if (some.empty()) {
            co_await copy.wait();
        } else {
            co_await boost::asio::post(io, boost::asio::use_awaitable);
        }
    }
    if (copy.failure()) {
        co_return unexpected(*copy.failure());
    }
    to.ends = !cut && to.rows.size() < rows_now;
    rows_now = cut ? to.rows.size() : std::min(most.rows, rows_now * 2);
    co_return result<void>{};
}

}  // namespace walferry::snapshot
