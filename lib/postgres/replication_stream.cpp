#include "lib/postgres/replication_stream.hpp"

#include "lib/postgres/connection_state.hpp"

#include <boost/asio/post.hpp>
#include <openssl/ssl.h>
#include <sys/ioctl.h>

#include <utility>

namespace walferry::postgres {
namespace {

using boost::asio::posix::stream_descriptor;

// libpq's buffer takes some 16 KiB at a time: enough rounds for a row of some MiB at once, and the
// loop still turns during one of a GiB.
constexpr int reads_max = 256;

// The one warning of PostgreSQL 18 that means lost changes (pgoutput.c, LoadPublications()). Its
// SQLSTATE alone is shared with warnings about standbys.
bool tells_of_lost_publication(const notice& heard) {
    return heard.sqlstate == "55000" && heard.source_function == "LoadPublications";
}

struct frame_deleter {
    void operator()(char* frame) const { PQfreemem(frame); }
};

}  // namespace

struct replication_stream::state : std::enable_shared_from_this<replication_stream::state> {
    state(connection streaming, subject names)
        : session(std::move(streaming)), about(std::move(names)) {}

    connection::state& inside() { return *session.session(); }
    PGconn* libpq() { return inside().libpq.get(); }

    bool pull();
    void end_copy();
    void finish();
    void end(error why);
    void end_by(const server_report& report);
    bool lost_publication();
    bool bytes_wait();
    void broke();
    void flush();
    void wait_to_flush();
    void wait_to_read();
    void call_back();

    connection session;
    subject about;
    std::unique_ptr<char, frame_deleter> frame;  // that next() handed out
    std::unique_ptr<char, frame_deleter> ahead;  // that consume() already pulled
    std::size_t frame_size = 0;
    std::size_t ahead_size = 0;
    std::optional<error> failure;
    std::optional<server_report> reported;  // the first error while finishing
    bool finishing = false;                 // the COPY is over, results are being read
    bool server_done = false;               // CommandComplete was read
    bool flushing = false;
    bool reading = false;  // a wait of Asio is out
    std::function<void()> callback;
};

// One frame into `ahead`; false: none is complete, or the COPY ended.
bool replication_stream::state::pull() {
    if (failure || ahead != nullptr) {
        return ahead != nullptr;
    }
    if (finishing) {
        finish();
        return false;
    }
    char* bytes = nullptr;
    const int size = PQgetCopyData(libpq(), &bytes, 1);
    ahead.reset(bytes);
    // The warning stands before the frame: what follows it must not be acknowledged.
    if (lost_publication()) {
        return false;
    }
    if (size > 0) {
        ahead_size = static_cast<std::size_t>(size);
        return true;
    }
    if (size < 0) {
        finishing = true;
        finish();
    }
    return false;
}

bool replication_stream::state::lost_publication() {
    if (inside().notices.empty()) {
        return false;
    }
    for (const notice& heard : session.take_notices()) {
        if (tells_of_lost_publication(heard)) {
            ahead.reset();
            end_by({"42704", heard.text, {}});  // what 14 to 17 report
            return true;
        }
    }
    return false;
}

// Reads the results behind the COPY as far as they have arrived.
void replication_stream::state::finish() {
    while (!failure && PQisBusy(libpq()) == 0) {
        const pg_result_ptr result{PQgetResult(libpq())};
        if (result == nullptr) {
            break;
        }
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_FATAL_ERROR && !reported) {
            reported = report_of(result.get());
        } else if (status == PGRES_COMMAND_OK) {
            server_done = true;
        } else if (status == PGRES_COPY_IN || status == PGRES_COPY_BOTH) {
            PQputCopyEnd(libpq(), nullptr);
            flush();
        }
    }
    if (!failure && PQisBusy(libpq()) == 0) {
        end_copy();
    }
}

void replication_stream::state::end_copy() {
    if (reported && !reported->sqlstate.empty()) {
        end_by(*reported);
    } else if (server_done) {
        end({error_kind::server_not_ready,
             "PostgreSQL ended the stream: it is shutting down",
             {},
             {}});
    } else {
        end_by(reported ? *reported : report_of(libpq()));
    }
}

// The socket gave up and nothing is left to hand out.
void replication_stream::state::broke() {
    if (finishing) {
        end_copy();
    } else {
        end_by(report_of(libpq()));
    }
}

void replication_stream::state::end_by(const server_report& report) {
    end(explain(phase::streaming, report, about));
}

void replication_stream::state::end(error why) {
    failure = std::move(why);
    inside().broken = true;
}

// Whether a read would give something although the socket may stay silent: OpenSSL decrypts whole
// records, of which libpq may have taken a part.
bool replication_stream::state::bytes_wait() {
    auto* tls = static_cast<SSL*>(PQsslStruct(libpq(), "OpenSSL"));
    if (tls != nullptr && SSL_pending(tls) > 0) {
        return true;
    }
    int count = 0;
    return ioctl(PQsocket(libpq()), FIONREAD, &count) == 0 && count > 0;
}

void replication_stream::state::flush() {
    const int left = PQflush(libpq());
    if (left == 1 && !flushing) {
        wait_to_flush();
    }
    // A broken connection is found by the next read, with the server's last words.
}

void replication_stream::state::wait_to_flush() {
    flushing = true;
    inside().socket.async_wait(stream_descriptor::wait_write,
                               [weak = weak_from_this()](boost::system::error_code failed) {
                                   auto self = weak.lock();
                                   if (!self) {
                                       return;
                                   }
                                   self->flushing = false;
                                   if (!failed && !self->failure) {
                                       self->flush();
                                   }
                               });
}

void replication_stream::state::wait_to_read() {
    reading = true;
    inside().socket.async_wait(stream_descriptor::wait_read,
                               [weak = weak_from_this()](boost::system::error_code) {
                                   if (auto self = weak.lock()) {
                                       self->reading = false;
                                       self->call_back();
                                   }
                               });
}

void replication_stream::state::call_back() {
    if (auto wanted = std::exchange(callback, nullptr)) {
        wanted();
    }
}

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
        if (!state_->failure && !state_->bytes_wait()) {
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
    if (state_->failure || state_->bytes_wait()) {
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
    while (!self->failure) {
        while (self->pull()) {
            self->ahead.reset();
        }
        if (self->failure) {
            break;
        }
        if (PQconsumeInput(self->libpq()) == 0) {
            break;
        }
        if (self->pull() || self->bytes_wait()) {
            continue;
        }
        if (!co_await self->inside().wait(direction::read, deadline)) {
            break;
        }
    }
    self->ahead.reset();
    self->frame.reset();
    if (!self->failure) {
        self->end({error_kind::connection_lost, "the stream was stopped", {}, {}});
    }
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
