#include "lib/pipeline/source_reader.hpp"

#include <boost/asio/post.hpp>

namespace walferry::pipeline {
namespace {

// A turn ends after so many frames even when more wait: about a millisecond's work.
constexpr int frames_a_turn = 1024;

constexpr int frames_a_breath = 64;

}  // namespace

source_reader::source_reader(boost::asio::io_context& io,
                             std::unique_ptr<postgres::replication_stream> stream, owner who,
                             observe::time_facts& spent)
    : stream_(std::move(stream)),
      owner_(std::move(who)),
      gate_(stream_->via() == postgres::transport::unix_socket ? nap_gate::nap_unix
                                                               : nap_gate::nap_tcp),
      nap_(io),
      io_(io),
      spent_(spent) {}

source_reader::~source_reader() {
    *alive_ = false;
}

void source_reader::now_doing(doing what) {
    settle();
    doing_ = what;
}

void source_reader::settle() {
    const auto now = std::chrono::steady_clock::now();
    const observe::seconds passed = now - since_;
    since_ = now;
    switch (doing_) {
        case doing::waiting_for_source:
            spent_.wait_source += passed;
            break;
        case doing::working:
            spent_.work += passed;
            break;
        case doing::waiting_for_sink:
            spent_.wait_sink += passed;
            spent_.paused_by_sink += passed;
            break;
    }
}

std::unique_ptr<postgres::replication_stream> source_reader::release() {
    settle();
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
    now_doing(doing::working);
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
        now_doing(doing::waiting_for_source);
        wait_or_nap();
        return;
    }
    go_on();
    if (!scheduled_) {
        now_doing(doing::waiting_for_sink);
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
