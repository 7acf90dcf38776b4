#include "lib/observe/http_router.hpp"

#include "lib/observe/http_rules.hpp"
#include "lib/observe/metrics.hpp"
#include "lib/observe/page.hpp"
#include "lib/observe/readiness.hpp"
#include "lib/observe/status_json.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace walferry::observe {
namespace {

constexpr std::array<std::string_view, 6> get_paths{"/",        "/healthz", "/readyz",
                                                    "/metrics", "/status",  "/events"};

http_reply text_reply(unsigned status, std::string text) {
    http_reply reply;
    reply.status = status;
    reply.body = std::move(text) + "\n";
    return reply;
}

http_reply page_reply() {
    const std::string nonce = make_nonce();
    http_reply reply;
    reply.content_type = "text/html; charset=utf-8";
    reply.body = status_page(nonce);
    reply.headers["Content-Security-Policy"] =
        "default-src 'none'; style-src 'nonce-" + nonce + "'; script-src 'nonce-" + nonce +
        "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'";
    return reply;
}

http_reply not_allowed(std::string allowed) {
    http_reply reply = text_reply(405, "this path answers " + allowed + " only");
    reply.headers["Allow"] = std::move(allowed);
    return reply;
}

// One event in the form of server-sent events; the JSON has no line end in it.
std::string event_of(std::string_view name, const std::string& json) {
    return "event: " + std::string{name} + "\ndata: " + json + "\n\n";
}

}  // namespace

http_router::http_router(facts_source facts, std::string token)
    : facts_(std::move(facts)), token_(std::move(token)) {}

void http_router::add_post_route(std::string path, post_handler handler) {
    post_routes_[std::move(path)] = std::move(handler);
}

std::string http_router::paths() const {
    std::string all;
    for (const auto path : get_paths) {
        all += (all.empty() ? "" : " ") + std::string{path};
    }
    for (const auto& [path, handler] : post_routes_) {
        all += " " + path + " (POST)";
    }
    return all;
}

http_reply http_router::answer(const http_request& request) {
    if (auto refusal = refuse(request)) {
        return std::move(*refusal);
    }
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    const bool readable = std::find(get_paths.begin(), get_paths.end(), path) != get_paths.end();
    const bool writable = post_routes_.find(path) != post_routes_.end();
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (!readable && !writable) {
        return text_reply(404, "no such path; there are " + paths());
    }
    if (reads && readable) {
        return answer_get(path);
    }
    if (request.method == "POST" && writable) {
        return answer_post(path, request);
    }
    return not_allowed(readable ? "GET, HEAD" : "POST");
}

std::optional<http_reply> http_router::refuse(const http_request& request) const {
    if (host_guarded_ && request.host && !is_loopback_host(*request.host)) {
        return text_reply(403,
                          "the Host header must name the loopback interface, to which this "
                          "server is bound; set http.listen to serve other names");
    }
    return std::nullopt;
}

http_reply http_router::answer_get(std::string_view path) const {
    if (path == "/healthz") {
        return text_reply(200, "ok");
    }
    if (path == "/") {
        return page_reply();
    }
    http_reply reply;
    if (path == "/events") {
        reply.content_type = "text/event-stream";
        reply.event_stream = true;
        return reply;
    }
    const stream_facts facts = facts_();
    if (path == "/readyz") {
        const readiness verdict = judge_readiness(facts);
        return text_reply(verdict.ready ? 200 : 503, verdict.reason);
    }
    if (path == "/metrics") {
        reply.content_type = metrics_content_type;
        reply.body = render_metrics(facts, read_process());
        return reply;
    }
    reply.content_type = "application/json";
    reply.body = status_json(facts, history_) + "\n";
    return reply;
}

http_reply http_router::answer_post(std::string_view path, const http_request& request) const {
    if (token_.empty()) {
        return text_reply(403, "nothing can be changed here: no token is configured (http.token)");
    }
    if (!equal_in_constant_time(bearer_token(request.authorization), token_)) {
        http_reply reply = text_reply(401, "wrong or missing token");
        reply.headers["WWW-Authenticate"] = "Bearer";
        return reply;
    }
    return post_routes_.find(path)->second(request.body);
}

std::string http_router::sample() {
    const stream_facts facts = facts_();
    history_.add(facts);
    return event_of("status", status_json(facts, history_));
}

std::string http_router::first_event() const {
    return event_of("status", status_json(facts_(), history_, status_part::facts_and_history));
}

}  // namespace walferry::observe
