#include "lib/observe/http_server.hpp"

#include "lib/observe/http_rules.hpp"
#include "lib/observe/http_service.hpp"
#include "lib/observe/http_session.hpp"
#include "lib/observe/log.hpp"

namespace walferry::observe {
namespace {

namespace asio = boost::asio;
using tcp = boost::asio::ip::tcp;
using boost::system::error_code;

tcp::endpoint resolve(asio::io_context& io, const listen_address& address, error_code& failure) {
    if (address.host.empty()) {
        return {tcp::v4(), address.port};
    }
    // "localhost" may come back as ::1 first, where an IPv4 client finds nobody.
    const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
    tcp::resolver resolver{io};
    const auto found =
        resolver.resolve(host, std::to_string(address.port), tcp::resolver::passive, failure);
    return failure || found.empty() ? tcp::endpoint{} : found.begin()->endpoint();
}

std::string text_of(const tcp::endpoint& place) {
    const std::string host = place.address().to_string();
    return (place.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(place.port());
}

}  // namespace

result<std::uint16_t> http_service::bind() {
    const auto address = parse_listen(listen);
    if (!address) {
        return tl::make_unexpected(address.error());
    }
    error_code failure;
    const auto step = [&](auto&& call) {
        if (!failure) {
            call();
        }
    };
    const tcp::endpoint place = resolve(
        static_cast<asio::io_context&>(acceptor.get_executor().context()), *address, failure);
    step([&] { acceptor.open(place.protocol(), failure); });
    step([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), failure); });
    step([&] { acceptor.bind(place, failure); });
    step([&] { acceptor.listen(tcp::acceptor::max_listen_connections, failure); });
    if (failure) {
        error_code ignored;
        acceptor.close(ignored);
        return fail(error_kind::config_invalid,
                    "http.listen: cannot listen on " + listen + ": " + failure.message(),
                    "choose another address in http.listen, or leave it empty for no endpoint");
    }
    if (place.address().is_loopback()) {
        router.guard_host();
    }
    const tcp::endpoint bound = acceptor.local_endpoint();
    const std::string at = text_of(bound);
    log.write({.event = "http_listening",
               .message = "status page and metrics are served",
               .more = {{"address", at}, {"port", std::uint64_t{bound.port()}}}});
    return bound.port();
}

void http_service::accept() {
    acceptor.async_accept([self = shared_from_this()](error_code failure, tcp::socket socket) {
        if (self->stopped) {
            return;
        }
        if (failure) {
            // No descriptors left, mostly: trying at once would spin.
            self->retry_timer.expires_after(std::chrono::milliseconds{200});
            self->retry_timer.async_wait([self](error_code) {
                if (!self->stopped) {
                    self->accept();
                }
            });
            return;
        }
        if (self->sessions.size() < self->limits.connections_max) {
            serve_connection(std::move(socket), self);
        }
        self->accept();
    });
}

void http_service::schedule_sample() {
    sample_timer.expires_after(limits.sample_interval);
    sample_timer.async_wait([self = shared_from_this()](error_code failure) {
        if (failure || self->stopped) {
            return;
        }
        const std::string event = self->router.sample();
        const auto watching = self->sessions;  // a failing write may end a session
        for (const auto& [key, weak] : watching) {
            if (const auto each = weak.lock()) {
                each->send_event(event);
            }
        }
        self->schedule_sample();
    });
}

void http_service::stop() {
    stopped = true;
    error_code ignored;
    acceptor.close(ignored);
    sample_timer.cancel();
    retry_timer.cancel();
    const auto open = sessions;
    for (const auto& [key, weak] : open) {
        if (const auto each = weak.lock()) {
            each->close();
        }
    }
}

http_server::http_server(asio::io_context& loop, const config::http_settings& settings,
                         http_router::facts_source facts, logger& log, http_limits limits)
    : service_(std::make_shared<http_service>(loop, settings, std::move(facts), log, limits)) {}

http_server::~http_server() {
    stop();
}

result<std::uint16_t> http_server::start() {
    if (service_->listen.empty()) {
        return std::uint16_t{0};
    }
    auto port = service_->bind();
    if (port) {
        service_->router.sample();
        service_->accept();
        service_->schedule_sample();
    }
    return port;
}

void http_server::add_post_route(std::string path, post_handler handler) {
    service_->router.add_post_route(std::move(path), std::move(handler));
}

void http_server::set_token(std::string token) {
    service_->router.set_token(std::move(token));
}

void http_server::stop() {
    service_->stop();
}

}  // namespace walferry::observe
