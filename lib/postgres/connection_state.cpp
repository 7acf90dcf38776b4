#include "lib/postgres/connection_state.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>

#include <utility>

namespace walferry::postgres {

using boost::asio::posix::stream_descriptor;

namespace {

constexpr std::size_t notices_max = 100;

std::string field(const PGresult* of, int which) {
    const char* text = of == nullptr ? nullptr : PQresultErrorField(of, which);
    return text == nullptr ? std::string{} : std::string{text};
}

std::string one_line(const char* text) {
    std::string out = text == nullptr ? "" : text;
    while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) {
        out.pop_back();
    }
    for (char& c : out) {
        c = c == '\n' || c == '\t' ? ' ' : c;
    }
    return out;
}

void remember_notice(void* into, const PGresult* what) {
    auto& state = *static_cast<connection::state*>(into);
    if (state.notices.size() >= notices_max) {
        return;
    }
    state.notices.push_back({field(what, PG_DIAG_SEVERITY_NONLOCALIZED),
                             field(what, PG_DIAG_SQLSTATE), field(what, PG_DIAG_MESSAGE_PRIMARY),
                             field(what, PG_DIAG_SOURCE_FUNCTION)});
}

bool is_copy(ExecStatusType status) {
    return status == PGRES_COPY_BOTH || status == PGRES_COPY_OUT || status == PGRES_COPY_IN;
}

bool is_failure(ExecStatusType status) {
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

}  // namespace

server_report report_of(const PGresult* failed) {
    server_report report;
    report.sqlstate = field(failed, PG_DIAG_SQLSTATE);
    report.message = field(failed, PG_DIAG_MESSAGE_PRIMARY);
    report.detail = field(failed, PG_DIAG_MESSAGE_DETAIL);
    if (report.message.empty()) {
        report.message = one_line(PQresultErrorMessage(failed));
    }
    return report;
}

server_report report_of(const PGconn* broken) {
    return {{}, one_line(PQerrorMessage(broken)), {}};
}

connection::state::state(boost::asio::io_context& context, pg_conn_ptr established)
    : io(context),
      libpq(std::move(established)),
      socket(context, fcntl(PQsocket(libpq.get()), F_DUPFD_CLOEXEC, 0)),
      timer(context) {
    PQsetnonblocking(libpq.get(), 1);
    PQsetNoticeReceiver(libpq.get(), remember_notice, this);
}

void connection::state::close() {
    broken = true;
    timer.cancel();
    libpq.reset();
    boost::system::error_code ignored;
    socket.close(ignored);
}

task<bool> wait_until(stream_descriptor& socket, stream_descriptor::wait_type what,
                      boost::asio::steady_timer& timer, time_point deadline) {
    const auto ready = std::make_shared<bool>(false);
    timer.expires_at(deadline);
    socket.async_wait(what,
                      [heard = std::weak_ptr<bool>(ready), &timer](boost::system::error_code) {
                          if (const auto flag = heard.lock()) {
                              *flag = true;
                              timer.cancel();
                          }
                      });
    constexpr auto no_throw = boost::asio::as_tuple(boost::asio::use_awaitable);
    co_await timer.async_wait(no_throw);
    if (!*ready && socket.is_open()) {
        socket.cancel();
    }
    co_return *ready;
}

task<bool> connection::state::wait(direction wanted, time_point deadline) {
    if (!socket.is_open()) {
        co_return false;
    }
    const auto type =
        wanted == direction::read ? stream_descriptor::wait_read : stream_descriptor::wait_write;
    const bool ready = co_await wait_until(socket, type, timer, deadline);
    co_return ready&& socket.is_open();
}

task<bool> connection::state::send_all(time_point deadline) {
    for (;;) {
        const int left = PQflush(libpq.get());
        if (left <= 0) {
            co_return left == 0;
        }
        // The server may itself be blocked on sending to us.
        PQconsumeInput(libpq.get());
        const bool ready = co_await wait(direction::write, deadline);
        if (!ready) {
            co_return false;
        }
    }
}

task<bool> connection::state::await_result(time_point deadline) {
    while (PQisBusy(libpq.get()) == 1) {
        const bool ready = co_await wait(direction::read, deadline);
        if (!ready) {
            co_return false;
        }
        if (PQconsumeInput(libpq.get()) == 0) {
            break;  // the reason is in the next result
        }
    }
    co_return true;
}

error connection::state::give_up(const std::string& why) {
    broken = true;
    if (libpq == nullptr) {
        return {error_kind::connection_lost, "the connection was closed", {}, {}};
    }
    cancel_in_background(libpq.get());
    return {error_kind::connection_lost, why, {}, "57014"};
}

task<result<pg_result_ptr>> connection::state::execute(std::string sql, time_point deadline,
                                                       phase when, subject about) {
    if (broken || PQsendQuery(libpq.get(), sql.c_str()) == 0) {
        broken = true;
        co_return tl::unexpected<error>(explain(when, report_of(libpq.get()), about));
    }
    const bool sent = co_await send_all(deadline);
    if (!sent) {
        co_return tl::unexpected<error>(give_up("PostgreSQL did not take a statement in time"));
    }
    pg_result_ptr last;
    bool failed = false;
    for (;;) {
        const bool answered = co_await await_result(deadline);
        if (!answered) {
            co_return tl::unexpected<error>(give_up("PostgreSQL did not answer in time"));
        }
        pg_result_ptr next{PQgetResult(libpq.get())};
        if (next == nullptr) {
            break;
        }
        const ExecStatusType status = PQresultStatus(next.get());
        // The first error tells the reason; what follows it, that the connection closed.
        if (!failed && (is_failure(status) || last == nullptr || PQntuples(next.get()) > 0)) {
            failed = is_failure(status);
            last = std::move(next);
        }
        if (is_copy(status)) {
            break;
        }
    }
    broken = broken || PQstatus(libpq.get()) == CONNECTION_BAD;
    if (failed || last == nullptr) {
        const server_report report = last ? report_of(last.get()) : report_of(libpq.get());
        co_return tl::unexpected<error>(explain(when, report, about));
    }
    co_return last;
}

}  // namespace walferry::postgres
