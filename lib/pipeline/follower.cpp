#include "lib/pipeline/follower.hpp"

#include "lib/pipeline/wall_clock.hpp"
#include "lib/postgres/copy_frame.hpp"
#include "lib/postgres/replication_stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace walferry::pipeline {
namespace {

using unexpected = tl::unexpected<error>;
using postgres::task;

constexpr std::chrono::seconds status_interval{1};

class following {
public:
    following(boost::asio::io_context& io, postgres::prepared_stream ready, frame_taker& taker,
              const std::atomic<bool>* stop)
        : ready_(std::move(ready)),
          taker_(taker),
          stop_(stop),
          wake_(io),
          confirmed_(ready_.slot.confirmed_flush),
          received_(confirmed_) {}

    task<result<void>> run() {
        auto begun = taker_.begin(ready_);
        if (!begun) {
            co_return begun;
        }
        auto started = co_await ready_.start(lsn{});
        if (!started) {
            co_return unexpected(std::move(started.error()));
        }
        stream_ = std::move(*started);
        auto done = co_await read_until_over();
        co_await stream_->stop(postgres::orderly_end);
        co_return done;
    }

private:
    bool over() const { return (stop_ != nullptr && stop_->load()) || taker_.has_enough(); }

    task<result<void>> read_until_over() {
        while (!over()) {
            auto read = co_await read_what_is_there();
            if (!read) {
                co_return read;
            }
            if (!over()) {
                taker_.pause();
                send_status();
                co_await wait_for_more();
            }
        }
        co_return result<void>{};
    }

    task<result<void>> read_what_is_there() {
        std::string_view frame;
        bool more = true;
        while (more && !over()) {
            while (!over() && stream_->next(frame)) {
                note_progress(frame);
                auto taken = co_await taker_.take(frame);
                if (!taken) {
                    co_return taken;
                }
            }
            if (stream_->ended()) {
                auto why = stream_->failure();
                co_return unexpected(std::move(why));
            }
            more = stream_->consume();
        }
        co_return result<void>{};
    }

    void note_progress(std::string_view frame) {
        auto parsed = postgres::parse_copy_frame(frame);
        if (const auto* alive = std::get_if<postgres::keepalive_frame>(&parsed)) {
            received_ = std::max(received_, alive->wal_end);
            if (alive->reply_requested) {
                send_status();
            }
        } else if (const auto* data = std::get_if<postgres::wal_frame>(&parsed)) {
            received_ = std::max(received_, data->wal_end);
        }
    }

    task<void> wait_for_more() {
        boost::system::error_code ignored;
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
        wake_.expires_after(status_interval);
        stream_->on_readable([this] { wake_.cancel(); });
        co_await wake_.async_wait(token);
        stream_->cancel_wait();
    }

    // The slot's own position as flushed: it does not move.
    void send_status() {
        postgres::standby_status status{received_, confirmed_, confirmed_, wall_clock(), false};
        auto bytes = postgres::encode_standby_status(status);
        stream_->send({bytes.data(), bytes.size()});
    }

    postgres::prepared_stream ready_;
    frame_taker& taker_;
    const std::atomic<bool>* stop_;
    boost::asio::steady_timer wake_;
    lsn confirmed_;
    lsn received_;
    std::unique_ptr<postgres::replication_stream> stream_;
};

std::optional<error> unfit(const postgres::prepared_stream& ready) {
    if (auto defect = postgres::slot_defect(ready.slot, ready.server.database)) {
        return defect;
    }
    if (!ready.slot.exists) {
        return error{error_kind::slot_missing,
                     "slot \"" + ready.slot.name + "\" does not exist",
                     "walferry slot create, or use a slot of its own: --temporary",
                     {}};
    }
    return std::nullopt;
}

}  // namespace

task<result<void>> follow(boost::asio::io_context& io, follow_request request, frame_taker& taker) {
    auto source = request.source;
    auto sessions = co_await postgres::open_sessions(io, std::move(source));
    if (!sessions) {
        co_return unexpected(std::move(sessions.error()));
    }
    postgres::prepare_request wanted;
    wanted.source = request.source;
    wanted.selects = request.selects;
    wanted.temporary_slot = request.temporary_slot;
    auto ready = co_await postgres::prepare(std::move(*sessions), std::move(wanted));
    if (!ready) {
        co_return unexpected(std::move(ready.error()));
    }
    if (auto defect = unfit(*ready); defect && !request.temporary_slot) {
        co_return unexpected(std::move(*defect));
    }
    following work{io, std::move(*ready), taker, request.stop};
    auto done = co_await work.run();
    co_return done;
}

}  // namespace walferry::pipeline
