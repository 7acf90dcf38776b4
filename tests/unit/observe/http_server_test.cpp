#include "lib/observe/http_server.hpp"

#include "lib/observe/log.hpp"
#include "tests/unit/observe/sample_facts.hpp"

#include <arpa/inet.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <future>
#include <thread>

namespace walferry::observe {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

// A blocking client. Reads give up after ten seconds, so that a broken server fails the test.
class client {
public:
    explicit client(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{10, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const auto* where = static_cast<const sockaddr*>(static_cast<const void*>(&to));
        connected = ::connect(descriptor_, where, sizeof to) == 0;
    }
    ~client() { ::close(descriptor_); }

    client& send(std::string_view bytes) {
        ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        return *this;
    }

    // Until the server closes, or until `mark` arrived.
    std::string read(std::string_view mark = {}) {
        std::string all;
        std::array<char, 4096> part{};
        while (mark.empty() || all.find(mark) == all.npos) {
            const ssize_t n = ::recv(descriptor_, part.data(), part.size(), 0);
            if (n <= 0) {
                closed = n == 0 || errno == ECONNRESET;
                break;
            }
            all.append(part.data(), static_cast<std::size_t>(n));
        }
        return all;
    }

    bool connected = false;
    bool closed = false;

private:
    int descriptor_;
};

// The server on a loop of its own thread.
class running_server {
public:
    explicit running_server(http_limits limits = {}, const char* listen = "127.0.0.1:0")
        : server(loop, {.listen = listen, .token = "right"}, healthy_facts, log, limits) {
        server.add_post_route(
            "/echo", [](std::string_view body) { return http_reply{.body = std::string{body}}; });
        const auto bound = server.start();
        REQUIRE(bound);
        port = *bound;
        thread = std::thread{[this] { loop.run(); }};
    }
    ~running_server() {
        boost::asio::post(loop, [this] { server.stop(); });
        thread.join();
        ::close(nowhere);
    }

    std::string ask(std::string_view request) const { return client{port}.send(request).read(); }

    std::string get(const std::string& path, const std::string& method = "GET") const {
        return ask(method + " " + path +
                   " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    int nowhere = ::open("/dev/null", O_WRONLY);
    boost::asio::io_context loop{1};
    logger log{log_target{.descriptor = nowhere}};
    http_server server;
    std::uint16_t port = 0;
    std::thread thread;
};

}  // namespace

TEST_CASE("answers over a socket carry the safe headers") {
    const running_server server;
    const std::string reply = server.get("/healthz");
    CHECK_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
    CHECK_THAT(reply, Contains("\r\nX-Content-Type-Options: nosniff\r\n"));
    CHECK_THAT(reply, Contains("\r\nCache-Control: no-store\r\n"));
    CHECK_THAT(reply, !Contains("Access-Control"));
    CHECK(reply.ends_with("\r\n\r\nok\n"));
    CHECK_THAT(server.get("/metrics"), Contains("walferry_up_state"));
    CHECK_THAT(server.get("/nothing"), StartsWith("HTTP/1.1 404 "));
    CHECK_THAT(server.get("/status", "PUT"), StartsWith("HTTP/1.1 405 "));
}

TEST_CASE("HEAD is GET without the body") {
    const running_server server;
    const std::string reply = server.get("/healthz", "HEAD");
    CHECK_THAT(reply, Contains("\r\nContent-Length: 3\r\n"));
    CHECK(reply.ends_with("\r\n\r\n"));
    CHECK_THAT(server.get("/events", "HEAD"), Contains("Content-Type: text/event-stream"));
}

TEST_CASE("a connection serves several requests, also when they come at once") {
    const running_server server;
    const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client peer{server.port};
    CHECK_THAT(peer.send(request).read("ok\n"), StartsWith("HTTP/1.1 200"));
    peer.send(request + "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string both = peer.read();
    CHECK_THAT(both, Contains("ok\n") && Contains("everything sent is confirmed\n"));
    CHECK(peer.closed);
}

TEST_CASE("a foreign or missing Host is refused on the loopback") {
    const running_server server;
    CHECK_THAT(server.ask("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
               StartsWith("HTTP/1.1 403 "));
    CHECK_THAT(server.ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
               StartsWith("HTTP/1.1 400 "));
    CHECK_THAT(server.ask("GET /healthz HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 200 "));
}

TEST_CASE("what is too large or no HTTP is answered and closed") {
    const running_server server;
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer right\r\n";
    CHECK_THAT(server.ask(head + "X-Long: " + std::string(9000, 'x') + "\r\n\r\n"),
               StartsWith("HTTP/1.1 431 "));
    CHECK_THAT(server.ask(head + "Content-Length: 65537\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
    CHECK_THAT(server.ask("hello\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
    const std::string body(65536, 'b');
    CHECK_THAT(server.ask(head + "Connection: close\r\nContent-Length: 65536\r\n\r\n" + body),
               StartsWith("HTTP/1.1 200 ") && Contains(body));
}

TEST_CASE("a chunked body is held to the limit too") {
    const running_server server;
    std::string request =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 20; ++i) {
        request += "1000\r\n" + std::string(4096, 'c') + "\r\n";
    }
    CHECK_THAT(server.ask(request), StartsWith("HTTP/1.1 413 "));
}

TEST_CASE("posting needs the token") {
    const running_server server;
    const std::string rest = "Host: localhost\r\nConnection: close\r\nContent-Length: 2\r\n";
    CHECK_THAT(server.ask("POST /echo HTTP/1.1\r\n" + rest + "\r\nhi"),
               StartsWith("HTTP/1.1 401 ") && Contains("WWW-Authenticate: Bearer"));
    CHECK_THAT(
        server.ask("POST /echo HTTP/1.1\r\nAuthorization: Bearer right\r\n" + rest + "\r\nhi"),
        StartsWith("HTTP/1.1 200 ") && Contains("\r\n\r\nhi"));
}

TEST_CASE("a request that does not come to its end loses its connection at the deadline") {
    const running_server server{{.deadline = std::chrono::milliseconds{50}}};
    client silent{server.port};
    client slow{server.port};
    slow.send("GET / HTTP/1.1\r\nHost: loc");
    CHECK(silent.read().empty());
    CHECK(silent.closed);
    CHECK(slow.read().empty());
    CHECK(slow.closed);
}

TEST_CASE("beyond the most connections new ones are closed, and room comes back") {
    const running_server server{{.connections_max = 2}};
    const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    {
        client first{server.port};
        client second{server.port};
        CHECK_THAT(first.send(request).read("ok\n"), Contains("ok\n"));
        CHECK_THAT(second.send(request).read("ok\n"), Contains("ok\n"));
        client third{server.port};
        CHECK(third.read().empty());
        CHECK(third.closed);
    }
    std::string reply;
    for (int i = 0; i < 1000 && reply.empty(); ++i) {
        reply = server.get("/healthz");  // the server notices the departures when its loop turns
    }
    CHECK_THAT(reply, StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("a page gets the last hour first and then an event at each sample") {
    const running_server server{{.sample_interval = std::chrono::milliseconds{5}}};
    client page{server.port};
    page.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string first = page.read("\n\n");
    CHECK_THAT(first, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"));
    CHECK_THAT(first, Contains("\"history\":"));
    CHECK_THAT(page.read("}\n\n"), Contains("event: status\ndata: {"));
}

TEST_CASE("watchers are fewer than connections, so that metrics can always be asked") {
    const running_server server{{.watchers_max = 1}};
    client page{server.port};
    page.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").read("\n\n");
    CHECK_THAT(server.get("/events"), StartsWith("HTTP/1.1 503 "));
    CHECK_THAT(server.get("/metrics"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("a stopped server closes its port and its pages") {
    running_server server;
    client page{server.port};
    page.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").read("\n\n");
    std::promise<void> stopped;
    boost::asio::post(server.loop, [&] {
        server.server.stop();
        stopped.set_value();
    });
    stopped.get_future().wait();
    page.read();
    CHECK(page.closed);
    CHECK_FALSE(client{server.port}.connected);
}

TEST_CASE("a port that is taken or an address that is not ours is a clear error") {
    const running_server first;
    boost::asio::io_context loop{1};
    logger log{log_target{.descriptor = first.nowhere}};
    const std::string taken = "127.0.0.1:" + std::to_string(first.port);
    for (const std::string& listen : {taken, std::string{"192.0.2.1:1"}}) {
        http_server second{loop, {.listen = listen, .token = {}}, healthy_facts, log};
        const auto port = second.start();
        REQUIRE_FALSE(port);
        CHECK(port.error().kind == error_kind::config_invalid);
        CHECK_THAT(port.error().message, StartsWith("http.listen: cannot listen on " + listen));
    }
}

TEST_CASE("an empty http.listen serves nothing") {
    boost::asio::io_context loop{1};
    logger log{log_target{.descriptor = 2}};
    http_server server{loop, {.listen = {}, .token = {}}, healthy_facts, log};
    CHECK(server.start() == std::uint16_t{0});
    CHECK(loop.run() == 0);
}

}  // namespace walferry::observe
