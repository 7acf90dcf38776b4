#include "lib/snapshot/reader.hpp"

#include "lib/postgres/sql_text.hpp"
#include "lib/snapshot/reader_state.hpp"
#include "lib/snapshot/reading_limits.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace walferry::snapshot {
namespace {

using clock = std::chrono::steady_clock;
using unexpected = tl::unexpected<error>;

error changed(const table_shape& shape) {
    return {error_kind::server_not_ready,
            "table " + shape.schema + '.' + shape.name +
                " was rewritten or truncated after the snapshot was taken; reading it again",
            {},
            {}};
}

// A table or column that is not there any more, a snapshot whose owner is gone: another snapshot
// heals it.
error as_passing(error why) {
    for (const auto* state : {"42P01", "42703", "42704", "22023"}) {
        if (why.sqlstate == state) {
            why.kind = error_kind::server_not_ready;
        }
    }
    return why;
}

}  // namespace

reader::reader(boost::asio::io_context& io, reading_request request, row_taker& taker)
    : state_(std::make_shared<state>(io, std::move(request), taker)) {}

reader::~reader() {
    state_->taker = nullptr;
    state_->parts.clear();
    state_->jobs.cancel();
}

void reader::start() {
    state_->jobs.spawn(state_->run());
}

void reader::go_on() {
    state_->wanted.wake();
}

postgres::task<result<postgres::connection>> reader::state::connect() {
    postgres::connect_request how;
    how.url = request.source.url;
    how.application_name = request.source.slot + "_snapshot";
    how.timeout = request.source.connect_timeout;
    auto opened = co_await postgres::connection::open(io, std::move(how));
    if (!opened) {
        co_return unexpected(std::move(opened.error()));
    }
    // A parallel plan would read the rows in another order and load the server more than it is
    // told to; a scan that joins another one does not begin at the first row.
    auto pinned = co_await opened->query(
        "SET max_parallel_workers_per_gather = 0; SET synchronize_seqscans = off");
    if (!pinned) {
        co_return unexpected(std::move(pinned.error()));
    }
    co_return opened;
}

postgres::task<void> reader::state::run() {
    auto self = shared_from_this();
    if (!request.exported.empty()) {
        newest = std::make_shared<shared_snapshot>();
        newest->id = request.exported;
        newest->taken = clock::now();
    }
    auto listed = co_await list_tables();
    if (stopped()) {
        co_return;
    }
    if (!listed) {
        taker->ended(std::move(listed.error()));
        co_return;
    }
    taker->begins(tables);
    const auto useful =
        std::min<std::size_t>(parts.size(), static_cast<std::size_t>(request.workers));
    workers_left = static_cast<int>(std::max<std::size_t>(useful, 1));
    for (int i = 0; i < workers_left; ++i) {
        jobs.spawn(work());
    }
}

postgres::task<result<void>> reader::state::list_tables() {
    auto session = co_await connect();
    if (!session) {
        co_return unexpected(std::move(session.error()));
    }
    std::string sql = sizes_query(request.tables);
    auto rows = co_await session->query(std::move(sql));
    if (!rows) {
        co_return unexpected(std::move(rows.error()));
    }
    for (auto& table : sizes_from(*rows)) {
        if (!request.selects || request.selects(table)) {
            tables.push_back(std::move(table));
        }
    }
    progress.resize(tables.size());
    for (std::uint32_t i = 0; i < tables.size(); ++i) {
        for (const auto& range : ranges_of(tables[i], request.workers)) {
            parts.push_back({i, range});
            ++progress[i].parts_left;
        }
    }
    co_return result<void>{};
}

postgres::task<void> reader::state::work() {
    auto self = shared_from_this();
    std::optional<error> why;
    if (!parts.empty()) {
        auto session = co_await connect();
        if (!session) {
            why = std::move(session.error());
        }
        while (!why && !failure && !stopped() && !parts.empty()) {
            const part next = parts.front();
            parts.pop_front();
            auto done = co_await read_part(*session, next);
            if (!done) {
                why = std::move(done.error());
            } else if (!stopped() && --progress[next.table].parts_left == 0) {
                progress[next.table].under.reset();
                taker->table_ends(next.table);
            }
        }
    }
    worker_ended(std::move(why));
}

void reader::state::worker_ended(std::optional<error> why) {
    --workers_left;
    if (why && !failure) {
        failure = as_passing(std::move(*why));
        wanted.wake();
    }
    if (workers_left == 0 && !stopped()) {
        newest.reset();
        auto* listener = std::exchange(taker, nullptr);
        listener->ended(std::move(failure));
    }
}

// One at a time, so that workers share it.
postgres::task<result<reader::state::snapshot_handle>> reader::state::snapshot_for(
    std::uint32_t table) {
    while (taking_snapshot && !stopped()) {
        co_await until_wanted();
    }
    if (progress[table].under) {
        co_return progress[table].under;
    }
    if (newest && clock::now() - newest->taken < request.max_transaction) {
        progress[table].under = newest;
        co_return newest;
    }
    taking_snapshot = true;
    auto made = std::make_shared<shared_snapshot>();
    made->taken = clock::now();
    auto session = co_await connect();
    result<postgres::query_result> exported = unexpected(error{});
    if (session) {
        exported = co_await session->query(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot()");
    }
    taking_snapshot = false;
    wanted.wake();
    if (!session || !exported) {
        co_return unexpected(session ? std::move(exported.error()) : std::move(session.error()));
    }
    made->id = exported->string(0, 0);
    made->holder = std::move(*session);
    newest = made;
    progress[table].under = made;
    co_return made;
}

postgres::task<result<table_shape>> reader::state::shape_under(postgres::connection& session,
                                                               part what) {
    const auto& table = tables[what.table];
    const auto name = postgres::quote_table(table.schema, table.name);
    std::string lock = "LOCK TABLE ";
    lock += table.partitioned ? "" : "ONLY ";
    lock += name + " IN ACCESS SHARE MODE";
    auto locked = co_await session.query(std::move(lock), lock_patience);
    if (!locked) {
        co_return unexpected(std::move(locked.error()));
    }
    std::string sql = shape_query(table.id, request.source.publication, session.server_version());
    auto rows = co_await session.query(std::move(sql));
    if (!rows) {
        co_return unexpected(std::move(rows.error()));
    }
    auto shape = shape_from(*rows);
    if (!shape) {
        co_return table_shape{};  // it is younger than the snapshot: all of it is in the stream
    }
    if (shape->rewritten) {
        co_return unexpected(changed(*shape));
    }
    co_return *std::move(shape);
}

postgres::task<result<void>> reader::state::read_part(postgres::connection& session, part what) {
    auto under = co_await snapshot_for(what.table);
    if (!under) {
        co_return unexpected(std::move(under.error()));
    }
    std::string begin =
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT ";
    begin += postgres::quote_literal((*under)->id);
    auto begun = co_await session.query(std::move(begin));
    if (!begun) {
        co_return unexpected(std::move(begun.error()));
    }
    auto shape = co_await shape_under(session, what);
    if (!shape) {
        co_return unexpected(std::move(shape.error()));
    }
    if (shape->id != 0) {
        auto announced = co_await announce(*shape, what.table);
        if (!announced) {
            co_return announced;
        }
        std::string sql = copy_statement(*shape, what.range);
        auto copy = co_await postgres::copy_out::begin(session, std::move(sql));
        if (!copy) {
            co_return unexpected(std::move(copy.error()));
        }
        auto copied = co_await copy_rows(std::move(*copy), what.table);
        if (!copied) {
            co_return copied;
        }
    }
    auto over = co_await session.query("COMMIT");
    if (!over) {
        co_return unexpected(std::move(over.error()));
    }
    co_return result<void>{};
}

postgres::task<result<void>> reader::state::announce(const table_shape& shape,
                                                     std::uint32_t table) {
    co_await until_wanted();
    if (stopped() || failure || progress[table].announced) {
        co_return result<void>{};
    }
    progress[table].announced = true;
    std::vector<pgoutput::relation_column> columns;
    const auto relation = relation_of(shape, columns);
    taker->announces(table, relation, shape.newest_transaction);
    co_return result<void>{};
}

postgres::task<result<void>> reader::state::copy_rows(postgres::copy_out copy,
                                                      std::uint32_t table) {
    while (!copy.ended()) {
        co_await until_wanted();
        if (stopped() || failure) {
            co_return unexpected(
                error{error_kind::connection_lost, "the snapshot was given up", {}, {}});
        }
        const auto& lines = copy.take(rows_at_once, bytes_at_once);
        if (!lines.empty()) {
            taker->rows(table, lines);
            co_await breathe();
            continue;
        }
        co_await copy.wait();
    }
    if (copy.failure()) {
        co_return unexpected(*copy.failure());
    }
    co_return result<void>{};
}

postgres::task<void> reader::state::until_wanted() {
    while (!stopped() && !failure && (taking_snapshot || !taker->wants_rows())) {
        co_await wanted.wait();
    }
}

// Timers and the sink have their turn.
postgres::task<void> reader::state::breathe() {
    co_await boost::asio::post(io, boost::asio::use_awaitable);
}

}  // namespace walferry::snapshot
