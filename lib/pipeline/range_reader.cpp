#include "lib/pipeline/range_reader.hpp"

#include "lib/postgres/change_row.hpp"
#include "lib/postgres/slot_copy.hpp"
#include "lib/postgres/task_group.hpp"
#include "lib/postgres/wake_call.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace walferry::pipeline {
namespace {

// Rows that are handed over at once, about a millisecond's work.
constexpr std::size_t rows_at_once = 1024;
constexpr std::size_t bytes_at_once = 512 * 1024;
constexpr std::size_t rows_a_breath = 64;

// An old open transaction makes PostgreSQL read from its beginning for every range.
constexpr std::uint64_t read_twice_max = std::uint64_t{1} << 30;

using unexpected = tl::unexpected<error>;

}  // namespace

struct range_reader::state : std::enable_shared_from_this<range_reader::state> {
    state(boost::asio::io_context& context, range_request asked, range_taker& target)
        : io(context), request(std::move(asked)), taker(&target), jobs(context), wanted(context) {}

    postgres::task<void> work();
    postgres::task<result<void>> read_range(postgres::slot_copy& copy, std::size_t which);
    postgres::task<result<void>> deliver(postgres::slot_copy& copy, postgres::copy_out rows);
    postgres::task<void> until_turn(std::size_t which);
    postgres::task<void> until_wanted();
    result<std::size_t> give(const std::vector<std::string_view>& rows, std::size_t first);
    void range_done();
    void end(std::optional<error> why);

    bool stopped() const { return taker == nullptr; }

    boost::asio::io_context& io;
    range_request request;
    range_taker* taker;  // null: nobody listens any more
    postgres::task_group jobs;
    postgres::wake_call wanted;
    std::size_t next = 0;        // range that nobody decodes yet
    std::size_t delivering = 0;  // range whose turn it is
    int workers = 0;             // that decode or may yet
};

range_reader::range_reader(boost::asio::io_context& io, range_request request, range_taker& taker)
    : state_(std::make_shared<state>(io, std::move(request), taker)) {}

range_reader::~range_reader() {
    state_->taker = nullptr;
    state_->jobs.cancel();
}

void range_reader::start() {
    const auto useful = std::min(state_->request.ranges.size(),
                                 static_cast<std::size_t>(state_->request.source.catch_up.workers));
    state_->workers = static_cast<int>(useful);
    for (std::size_t i = 0; i < useful; ++i) {
        state_->jobs.spawn(state_->work());
    }
}

void range_reader::go_on() {
    state_->wanted.wake();
}

void range_reader::state::end(std::optional<error> why) {
    if (!stopped()) {
        auto* listener = std::exchange(taker, nullptr);
        listener->ended(std::move(why));
    }
}

postgres::task<void> range_reader::state::work() {
    auto self = shared_from_this();
    auto copy = co_await postgres::slot_copy::make(io, request.source, request.binary,
                                                   request.server_started);
    if (stopped()) {
        co_return;
    }
    // Without a slot or a connection of its own the work is left to the others.
    if (!copy) {
        if (--workers == 0) {
            end(std::move(copy.error()));
        }
        co_return;
    }
    while (!stopped() && next < request.ranges.size()) {
        const std::size_t mine = next++;
        auto read = co_await read_range(*copy, mine);
        if (!read) {
            end(std::move(read.error()));
            co_return;
        }
    }
}

postgres::task<result<void>> range_reader::state::read_range(postgres::slot_copy& copy,
                                                             std::size_t which) {
    const wal_range range = request.ranges[which];
    auto reads_from = co_await copy.forward(range.from);
    if (!reads_from) {
        co_return unexpected(std::move(reads_from.error()));
    }
    if (range.from.value - std::min(*reads_from, range.from).value > read_twice_max) {
        co_return unexpected(
            error{error_kind::server_not_ready,
                  "a transaction that was open for long makes PostgreSQL read from " +
                      to_string(*reads_from) + " for what begins at " + to_string(range.from),
                  {},
                  {}});
    }
    auto rows = co_await copy.changes(range.to);
    if (!rows) {
        co_return unexpected(std::move(rows.error()));
    }
    co_await until_turn(which);
    auto delivered = co_await deliver(copy, std::move(*rows));
    if (!delivered) {
        co_return delivered;
    }
    // The last message may wait for its topic: the range has not passed before it has.
    co_await until_wanted();
    if (!stopped()) {
        range_done();
    }
    co_return result<void>{};
}

void range_reader::state::range_done() {
    taker->range_ends(request.ranges[delivering].to);
    ++delivering;
    wanted.wake();
    if (delivering == request.ranges.size()) {
        end(std::nullopt);
    } else if (!stopped()) {
        taker->turn_over();
    }
}

postgres::task<result<void>> range_reader::state::deliver(postgres::slot_copy& copy,
                                                          postgres::copy_out rows) {
    while (!rows.ended() && !stopped()) {
        const auto& batch = rows.take(rows_at_once, bytes_at_once);
        if (batch.empty()) {
            co_await rows.wait();
            continue;
        }
        if (auto warning = copy.warned()) {
            co_return unexpected(std::move(*warning));
        }
        for (std::size_t given = 0; given < batch.size() && !stopped();) {
            co_await until_wanted();
            auto more = give(batch, given);
            if (!more) {
                co_return unexpected(std::move(more.error()));
            }
            given += *more;
            if (!stopped()) {
                taker->turn_over();
            }
            co_await boost::asio::post(io, boost::asio::use_awaitable);
        }
    }
    if (rows.failure()) {
        co_return unexpected(*rows.failure());
    }
    // It may have left out all there was.
    if (auto warning = copy.warned()) {
        co_return unexpected(std::move(*warning));
    }
    co_return result<void>{};
}

// As many as are wanted, out of the coroutine.
result<std::size_t> range_reader::state::give(const std::vector<std::string_view>& rows,
                                              std::size_t first) {
    std::size_t at = first;
    for (; at < rows.size() && !stopped(); ++at) {
        if ((at - first) % rows_a_breath == 0) {
            taker->breathe();
        }
        if (stopped() || !taker->wants_message()) {
            break;
        }
        auto row = postgres::parse_change_row(rows[at]);
        if (!row) {
            return fail(error_kind::protocol_violation,
                        "PostgreSQL sent a row that is no change of a slot");
        }
        if (!row->message.empty()) {
            taker->message(row->at, row->message);
        }
    }
    return at - first;
}

postgres::task<void> range_reader::state::until_turn(std::size_t which) {
    while (!stopped() && delivering != which) {
        co_await wanted.wait();
    }
}

postgres::task<void> range_reader::state::until_wanted() {
    while (!stopped() && !taker->wants_message()) {
        co_await wanted.wait();
    }
}

}  // namespace walferry::pipeline
