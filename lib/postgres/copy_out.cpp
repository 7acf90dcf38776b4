#include "lib/postgres/copy_out.hpp"

#include "lib/postgres/connection_state.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace walferry::postgres {
namespace {

// A filter may keep the server busy for long without a row; a dead one is found by TCP.
constexpr std::chrono::hours silence_max{24};

time_point soon() {
    return std::chrono::steady_clock::now() + silence_max;
}

}  // namespace

void copy_out::row_deleter::operator()(char* bytes) const {
    PQfreemem(bytes);
}

copy_out::copy_out(copy_out&&) noexcept = default;
copy_out::~copy_out() = default;

task<result<copy_out>> copy_out::begin(connection& session, std::string sql) {
    // A copy: it outlives a session that is closed while this waits.
    const auto inside = session.session();  // NOLINT(performance-unnecessary-copy-initialization)
    subject about;
    about.role = session.user();
    about.database = session.database();
    auto answer = co_await inside->execute(std::move(sql), soon(), phase::query, std::move(about));
    if (!answer) {
        co_return tl::unexpected<error>(std::move(answer.error()));
    }
    if (PQresultStatus(answer->get()) != PGRES_COPY_OUT) {
        co_return fail(error_kind::protocol_violation, "PostgreSQL answered COPY without rows");
    }
    co_return copy_out{inside};
}

const std::vector<std::string_view>& copy_out::take(std::size_t rows_max, std::size_t bytes_max) {
    rows_.clear();
    held_.clear();
    std::size_t bytes = 0;
    while (!over_ && !session_->broken && rows_.size() < rows_max && bytes < bytes_max) {
        char* row = nullptr;
        const int size = PQgetCopyData(session_->libpq.get(), &row, 1);
        if (size <= 0) {
            over_ = size < 0;
            break;
        }
        held_.emplace_back(row);
        rows_.emplace_back(row, static_cast<std::size_t>(size));
        bytes += static_cast<std::size_t>(size);
    }
    return rows_;
}

task<void> copy_out::wait() {
    const auto session = session_;
    if (over_ || session->broken) {
        co_await finish();
        co_return;
    }
    const bool readable = co_await session->wait(direction::read, soon());
    if (session->broken || !readable || PQconsumeInput(session->libpq.get()) == 0) {
        co_await finish();
    }
}

task<void> copy_out::finish() {
    const auto session = session_;
    std::optional<error> why;
    if (!over_ && !session->broken) {
        session->broken = true;
        why = explain(phase::query, report_of(session->libpq.get()), {});
    }
    while (!session->broken) {
        const bool answered = co_await session->await_result(soon());
        if (!answered || session->broken) {
            break;
        }
        const pg_result_ptr last{PQgetResult(session->libpq.get())};
        if (last == nullptr) {
            break;
        }
        if (PQresultStatus(last.get()) == PGRES_FATAL_ERROR && !why) {
            why = explain(phase::query, report_of(last.get()), {});
        }
    }
    if (!why && session->broken) {
        why = error{error_kind::connection_lost, "the connection to PostgreSQL broke", {}, {}};
    }
    failure_ = std::move(why);
    ended_ = true;
}

}  // namespace walferry::postgres
