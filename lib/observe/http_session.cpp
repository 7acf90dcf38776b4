// The only file that includes Beast: it costs seconds to compile.
#include "lib/observe/http_session.hpp"

#include "lib/observe/http_service.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <optional>

namespace walferry::observe {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;
using boost::system::error_code;

std::string_view view_of(beast::string_view text) {
    return {text.data(), text.size()};
}

http_request request_of(const http::request<http::string_body>& message) {
    http_request request{.method = view_of(message.method_string()),
                         .target = view_of(message.target()),
                         .authorization = view_of(message[http::field::authorization]),
                         .body = message.body()};
    if (const auto host = message.find(http::field::host); host != message.end()) {
        request.host = view_of(host->value());
    }
    return request;
}

// What a request that Beast could not read is answered with; nothing for a broken connection.
std::optional<http_reply> reply_to(error_code failure) {
    http_reply reply;
    if (failure == http::error::header_limit) {
        reply.status = 431;
        reply.body = "the header is too large\n";
    } else if (failure == http::error::body_limit) {
        reply.status = 413;
        reply.body = "the body is too large\n";
    } else if (failure.category() == make_error_code(http::error::bad_method).category() &&
               failure != http::error::end_of_stream && failure != http::error::partial_message) {
        reply.status = 400;
        reply.body = "this is not an HTTP request\n";
    } else {
        return std::nullopt;
    }
    return reply;
}

class beast_session final : public http_session,
                            public std::enable_shared_from_this<beast_session> {
public:
    beast_session(tcp::socket socket, std::shared_ptr<http_service> server)
        : stream_(std::move(socket)), server_(std::move(server)) {}

    ~beast_session() override {
        server_->sessions.erase(this);
        server_->watchers -= watching_ ? 1 : 0;
    }

    void read() {
        parser_.emplace();
        parser_->header_limit(server_->limits.header_bytes_max);
        parser_->body_limit(server_->limits.body_bytes_max);
        stream_.expires_after(server_->limits.deadline);
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](error_code failure, std::size_t) {
                             self->has_read(failure);
                         });
    }

    void close() override {
        error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
        stream_.close();
    }

    void send_event(const std::string& event) override {
        if (watching_ && !writing_) {
            write_event(event);
        }
    }

private:
    void has_read(error_code failure) {
        if (server_->stopped) {
            return;
        }
        if (failure) {
            if (const auto reply = reply_to(failure)) {
                write(*reply, http::verb::get, 11, false);
            }
            return;
        }
        const auto& message = parser_->get();
        if (message.version() >= 11 && message.find(http::field::host) == message.end()) {
            write({.status = 400, .body = "a Host header is missing\n"}, http::verb::get, 11,
                  false);
            return;
        }
        http_reply reply = server_->router.answer(request_of(message));
        if (reply.event_stream && message.method() != http::verb::head) {
            watch();
            return;
        }
        write(reply, message.method(), message.version(), message.keep_alive());
    }

    void write(const http_reply& reply, http::verb method, unsigned version, bool keep) {
        response_.emplace(http::int_to_status(reply.status), version);
        response_->set(http::field::content_type, reply.content_type);
        response_->set(http::field::cache_control, "no-store");
        response_->set("X-Content-Type-Options", "nosniff");
        response_->set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        response_->set("Referrer-Policy", "no-referrer");
        for (const auto& [name, value] : reply.headers) {
            response_->set(name, value);
        }
        response_->keep_alive(keep);
        response_->content_length(reply.body.size());
        if (method != http::verb::head) {
            response_->body() = reply.body;
        }
        stream_.expires_after(server_->limits.deadline);
        http::async_write(stream_, *response_,
                          [self = shared_from_this(), keep](error_code failure, std::size_t) {
                              self->has_written(failure, keep);
                          });
    }

    void has_written(error_code failure, bool keep) {
        if (failure || server_->stopped) {
            return;
        }
        if (keep) {
            read();
        } else {
            error_code ignored;
            stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
            drain();
        }
    }

    // What still arrives is read and thrown away until the peer closes: closing at once would reset
    // the connection and the peer could lose the reply. Bounded by the deadline.
    void drain() {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(4096),
                                [self = shared_from_this()](error_code failure, std::size_t) {
                                    if (!failure && !self->server_->stopped) {
                                        self->drain();
                                    }
                                });
    }

    void watch() {
        if (server_->watchers >= server_->limits.watchers_max) {
            write({.status = 503, .body = "too many pages watch already\n"}, http::verb::get, 11,
                  false);
            return;
        }
        watching_ = true;
        ++server_->watchers;
        write_event(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
            "X-Content-Type-Options: nosniff\r\nX-Accel-Buffering: no\r\n"
            "Connection: close\r\n\r\n" +
            server_->router.first_event());
        notice_departure();
    }

    // Keeps a read pending, which ends when the page is closed.
    void notice_departure() {
        stream_.expires_never();
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(512),
                                [self = shared_from_this()](error_code failure, std::size_t) {
                                    if (!failure && !self->server_->stopped) {
                                        self->notice_departure();
                                    } else {
                                        self->close();
                                    }
                                });
    }

    void write_event(std::string event) {
        writing_ = true;
        event_ = std::move(event);
        stream_.expires_after(server_->limits.deadline);
        asio::async_write(stream_, asio::buffer(event_),
                          [self = shared_from_this()](error_code failure, std::size_t) {
                              self->writing_ = false;
                              if (failure) {
                                  self->close();
                              }
                          });
    }

    beast::tcp_stream stream_;
    std::shared_ptr<http_service> server_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::optional<http::response<http::string_body>> response_;
    std::string event_;
    bool watching_ = false;
    bool writing_ = false;
};

}  // namespace

void serve_connection(tcp::socket socket, std::shared_ptr<http_service> service) {
    const auto made = std::make_shared<beast_session>(std::move(socket), service);
    service->sessions.emplace(made.get(), made);
    made->read();
}

}  // namespace walferry::observe
