#include "lib/postgres/replication_stream.hpp"

#include "lib/postgres/replication_stream_state.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace walferry::postgres {
namespace {

// libpq's buffer takes some 16 KiB at a time: enough rounds for a row of some MiB at once, and the
// loop still turns during one of a GiB.
constexpr int reads_max = 256;

}  // namespace

replication_stream::replication_stream(connection streaming, subject about)
    : state_(std::make_shared<state>(std::move(streaming), std::move(about))) {}

replication_stream::~replication_stream() = default;

bool replication_stream::next(std::string_view& frame) {
    if (!state_->pull()) {
        return false;
    }
    state_->frame = std::move(state_->ahead);
    state_->frame_size = state_->ahead_size;
    frame = {state_->frame.get(), state_->frame_size};
    return true;
}

bool replication_stream::consume() {
    for (int round = 0; round < reads_max && !state_->failure; ++round) {
        if (PQconsumeInput(state_->libpq()) == 0) {
            // What arrived before the break is still handed out.
            if (!state_->pull() && !state_->failure) {
                state_->broke();
            }
            return true;
        }
        if (state_->pull()) {
            return true;
        }
        if (!state_->failure && !state_->decrypted_bytes_wait()) {
            return false;
        }
    }
    return true;
}

bool replication_stream::ended() const {
    return state_->failure && !state_->ahead;
}
const error& replication_stream::failure() const {
    return *state_->failure;
}

void replication_stream::on_readable(std::function<void()> callback) {
    state_->callback = std::move(callback);
    if (state_->failure || state_->decrypted_bytes_wait()) {
        boost::asio::post(state_->inside().io, [weak = state_->weak_from_this()] {
            if (auto self = weak.lock()) {
                self->call_back();
            }
        });
    } else if (!state_->reading) {
        state_->wait_to_read();
    }
}

void replication_stream::cancel_wait() {
    state_->callback = nullptr;
}

void replication_stream::send(std::string_view message) {
    if (state_->failure || state_->finishing) {
        return;
    }
    PQputCopyData(state_->libpq(), message.data(), static_cast<int>(message.size()));
    state_->flush();
}

bool replication_stream::sending() const {
    return state_->flushing;
}

task<void> replication_stream::stop(std::chrono::milliseconds patience) {
    const auto self = state_;
    const time_point deadline = std::chrono::steady_clock::now() + patience;
    cancel_wait();
    if (!self->failure && !self->finishing) {
        PQputCopyEnd(self->libpq(), nullptr);
        self->flush();
    }
    while (self->discard_input()) {
        const bool ready = co_await self->inside().wait(direction::read, deadline);
        if (!ready) {
            break;
        }
    }
    self->ahead.reset();
    self->frame.reset();
    self->end({error_kind::connection_lost, "the stream was stopped", {}, {}});
    self->inside().close();
}

transport replication_stream::via() const {
    return state_->session.via();
}
int replication_stream::fd() const {
    return PQsocket(state_->libpq());
}
int replication_stream::backend_pid() const {
    return state_->session.backend_pid();
}

}  // namespace walferry::postgres
