#include "lib/config/pattern.hpp"
#include "lib/snapshot/chunk_reader_state.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace walferry::snapshot {
namespace {

using unexpected = tl::unexpected<error>;
using postgres::task;

// The greatest key may have to be looked for.
constexpr std::chrono::hours key_patience{1};

constexpr std::chrono::milliseconds writers_pause_first{5};
constexpr std::chrono::milliseconds writers_pause_max{500};

}  // namespace

// Finds the table that the name means. False: it stands for other tables, or the taker does not
// want it any more.
task<result<bool>> chunk_reader::state::locate(const chunk_request& request) {
    std::string sql = locate_query(request.table, source.publication);
    auto found = co_await session.query(std::move(sql));
    if (!found) {
        co_return unexpected(std::move(found.error()));
    }
    const bool there = found->rows() > 0;
    if (there && found->boolean(0, 4)) {
        table = found->oid(0, 0);
        name = request.table;
        if (selects && !selects(found->text(0, 1), found->text(0, 2))) {
            co_return fail(error_kind::table_unfit, "source.tables leaves table " + name + " out",
                           "add it there");
        }
        co_return true;
    }
    std::vector<std::string> patterns{request.table};
    auto pattern = config::pattern_list::compile(patterns, config::pattern_subject::table);
    const bool partitioned = there && found->boolean(0, 3);
    if (!there && !pattern) {
        co_return unexpected(gone(request.table));
    }
    std::string listing = published_query(partitioned ? found->oid(0, 0) : 0, source.publication);
    auto published = co_await session.query(std::move(listing));
    if (!published) {
        co_return unexpected(std::move(published.error()));
    }
    std::vector<std::string> names;
    for (std::size_t row = 0; row < published->rows(); ++row) {
        const auto schema = published->text(row, 0);
        const auto own = published->text(row, 1);
        const bool meant = partitioned || (!there && pattern->has_table(schema, own));
        if (meant && (!selects || selects(schema, own))) {
            names.push_back(std::string{schema} + '.' + std::string{own});
        }
    }
    if (names.empty()) {
        co_return fail(error_kind::table_unfit,
                       there ? "table " + request.table + " is not published by publication \"" +
                                   source.publication + "\" under this name"
                             : "no published table has the name " + request.table,
                       "a partition may be published as its root: see pg_publication_tables");
    }
    if (!stopped()) {
        taker->expanded(request.number, names);
    }
    co_return false;
}

task<result<bool>> chunk_reader::state::open(chunk_request& request) {
    auto located = co_await locate(request);
    if (!located || !*located || stopped()) {
        co_return located;
    }
    auto shaped = co_await read_shape();
    if (!shaped) {
        co_return unexpected(std::move(shaped.error()));
    }
    opened_table found;
    found.number = request.number;
    found.id = table;
    found.name = name;
    found.key = key.names();
    found.until = request.until;
    if (request.key != found.key) {
        request.key = found.key;
        request.after.reset();
        std::string sql = last_key_query(shape, key);
        auto last = co_await session.query(std::move(sql), key_patience);
        if (!last) {
            co_return unexpected(std::move(last.error()));
        }
        found.until.reset();
        for (std::size_t part = 0; last->rows() > 0 && part < last->columns(); ++part) {
            if (!found.until) {
                found.until.emplace();
            }
            found.until->push_back(last->string(0, part));
        }
        request.until = found.until;
    }
    std::vector<std::uint32_t> ids{table};
    std::string sizing = sizes_query(ids);
    auto sizes = co_await session.query(std::move(sizing));
    if (!sizes) {
        co_return unexpected(std::move(sizes.error()));
    }
    const auto listed = sizes_from(*sizes);
    found.rows_estimated = listed.empty() ? 0 : listed.front().rows_estimated;
    const bool wanted = !stopped() && taker->opened(found);
    if (!wanted) {
        co_return false;
    }
    const auto text = mark_text(token, request.number, "open");
    std::string sql = emit_mark(text);
    auto marked = co_await say(std::move(sql));
    if (!marked) {
        co_return unexpected(std::move(marked.error()));
    }
    auto visible = co_await wait_for_writers();
    if (!visible) {
        co_return unexpected(std::move(visible.error()));
    }
    co_return true;
}

// Those who hold the table now, until each of them has ended or shows that it does not commit.
task<result<void>> chunk_reader::state::wait_for_writers() {
    std::optional<std::set<std::string>> waited;
    auto nap = writers_pause_first;
    while (!stopped()) {
        std::string sql = writers_query(table);
        auto found = co_await session.query(std::move(sql));
        if (!found) {
            co_return unexpected(std::move(found.error()));
        }
        std::set<std::string> left;
        std::string shown;
        for (std::size_t row = 0; row < found->rows(); ++row) {
            auto transaction = found->string(row, 0);
            if (!waited || waited->contains(transaction)) {
                shown = found->text(row, 2) == "prepared"
                            ? "a prepared transaction or a process whose state is hidden"
                            : "the transaction of process " + found->string(row, 1);
                left.insert(std::move(transaction));
            }
        }
        if (left.empty()) {
            break;
        }
        waits_for = shown + ", which writes to table " + name;
        waited = std::move(left);
        pause.expires_after(nap);
        co_await pause.async_wait(boost::asio::use_awaitable);
        nap = std::min(nap * 2, writers_pause_max);
    }
    waits_for.clear();
    co_return result<void>{};
}

}  // namespace walferry::snapshot
