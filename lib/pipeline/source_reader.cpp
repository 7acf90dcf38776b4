#include "lib/pipeline/source_reader.hpp"

#include <boost/asio/post.hpp>

namespace walferry::pipeline {
namespace {

// A turn ends after so many frames even when more wait: about a millisecond's work.
constexpr int frames_a_turn = 1024;

constexpr int frames_a_breath = 64;

// After a read that brought less there is hardly more in the socket: half of libpq's buffer.
constexpr std::size_t bytes_of_a_full_read = 8192;

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
    if (scheduled_ || stream_ == nullptr ||
        !(owner_.wants() != wanted::nothing || stream_->ended())) {
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
    std::size_t bytes = bytes_of_a_full_read;  // since the last read
    for (int count = 0; count < frames_a_turn;) {
        const auto what = owner_.wants();
        if (what == wanted::nothing) {
            return false;
        }
        const bool reads = what == wanted::input;
        if (!reads || stream_->next(frame)) {
            if (reads) {
                owner_.take(frame);
                bytes += frame.size();
                ++messages_since_drain_;
            } else {
                owner_.take_spooled();
            }
            if (++count % frames_a_breath == 0) {
                owner_.breathe();
            }
        } else if (stream_->ended() || bytes < bytes_of_a_full_read || !stream_->consume()) {
            return true;
        } else {
            bytes = 0;
        }
    }
    return false;
}

// scheduled_ stays true throughout: what the owner does in between must not begin a second turn.
void source_reader::turn() {
    now_doing(doing::working);
    const instant began = since_;
    owner_.begin();
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
        wait_or_nap(since_ - began);
        return;
    }
    scheduled_ = false;
    go_on();
    if (!scheduled_) {
        now_doing(doing::waiting_for_sink);
    }
}

void source_reader::wait_or_nap(instant::duration worked) {
    auto pause = gate_.after_drain(messages_since_drain_, worked, since_);
    messages_since_drain_ = 0;
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
