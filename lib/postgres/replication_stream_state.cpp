#include "lib/postgres/replication_stream_state.hpp"

#include <openssl/ssl.h>

#include <utility>

namespace walferry::postgres {

using boost::asio::posix::stream_descriptor;

// Its SQLSTATE alone is shared with warnings about standbys.
bool tells_of_lost_publication(const notice& heard) {
    return heard.sqlstate == "55000" && heard.source_function == "LoadPublications";
}

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
bool replication_stream::state::decrypted_bytes_wait() {
    auto* tls = static_cast<SSL*>(PQsslStruct(libpq(), "OpenSSL"));
    return tls != nullptr && SSL_pending(tls) > 0;
}

// Reads and drops all that has come; true: the end of the COPY has not.
bool replication_stream::state::discard_input() {
    do {
        if (PQconsumeInput(libpq()) == 0) {
            return false;
        }
        while (pull()) {
            ahead.reset();
        }
    } while (!failure && decrypted_bytes_wait());
    return !failure;
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

}  // namespace walferry::postgres
