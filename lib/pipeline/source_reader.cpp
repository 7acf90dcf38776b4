#include "lib/pipeline/source_reader.hpp"

#include <boost/asio/post.hpp>

namespace walferry::pipeline {
namespace {

// A turn ends after so many frames even when more wait: about a millisecond's work.
constexpr int frames_a_turn = 1024;

constexpr int frames_a_breath = 64;

}  // namespace

source_reader::source_reader(boost::asio::io_context& io,
                             std::unique_ptr<postgres::replication_stream> stream, owner who)
    : stream_(std::move(stream)),
      owner_(std::move(who)),
      gate_(stream_->via() == postgres::transport::unix_socket ? nap_gate::nap_unix
                                                               : nap_gate::nap_tcp),
      nap_(io),
      io_(io) {}

source_reader::~source_reader() {
    *alive_ = false;
}

std::unique_ptr<postgres::replication_stream> source_reader::release() {
    *alive_ = false;
    nap_.cancel();
    if (stream_ != nullptr) {
        stream_->cancel_wait();
    }
    return std::move(stream_);
}

void source_reader::go_on() {
    if (scheduled_ || stream_ == nullptr || !(owner_.wants_input() || stream_->ended())) {
        return;
    }
    scheduled_ = true;
    boost::asio::post(io_, [this, alive = alive_] {
        if (*alive) {
            turn();
        }
    });
}

// True when the turn ended with the socket drained, false when it ended for another reason.
bool source_reader::read_some() {
    std::string_view frame;
    for (int count = 0; count < frames_a_turn;) {
        if (count % frames_a_breath == 0) {
            owner_.breathe();
        }
        if (!owner_.wants_input()) {
            return false;
        }
        if (stream_->next(frame)) {
            owner_.take(frame);
            ++messages_since_drain_;
            ++count;
        } else if (stream_->ended() || !stream_->consume()) {
            return true;
        }
    }
    return false;
}

void source_reader::turn() {
    scheduled_ = false;
    auto alive = alive_;
    bool drained = read_some();
    if (!*alive) {
        return;
    }
    if (drained && stream_->ended()) {
        auto why = stream_->failure();
        owner_.ended(why);
        return;
    }
    owner_.turn_over();
    if (!*alive) {
        return;
    }
    if (drained) {
        wait_or_nap();
    } else {
        go_on();
    }
}

void source_reader::wait_or_nap() {
    auto pause = gate_.after_drain(messages_since_drain_, std::chrono::steady_clock::now());
    messages_since_drain_ = 0;
    scheduled_ = true;
    auto again = [this, alive = alive_] {
        if (*alive) {
            turn();
        }
    };
    if (pause.count() == 0) {
        stream_->on_readable(again);
        return;
    }
    nap_.expires_after(pause);
    nap_.async_wait([again](const boost::system::error_code& cancelled) {
        if (!cancelled) {
            again();
        }
    });
}

}  // namespace walferry::pipeline
