#pragma once

#include "lib/observe/facts.hpp"
#include "lib/observe/history.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace walferry::observe {

// What of a request decides the answer. Views live during answer() only.
struct http_request {
    std::string_view method;
    std::string_view target;
    std::optional<std::string_view> host{};
    std::string_view authorization{};
    std::string_view body{};
};

struct http_reply {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body{};
    std::map<std::string, std::string> headers{};
    bool event_stream = false;  // the connection goes on with server-sent events
};

// Runs on the loop's thread; must not block.
using post_handler = std::function<http_reply(std::string_view body)>;

// Requests to replies, without a socket. Life: as long as its server. Loop thread only. `facts` is
// called for each answer that needs them and once a second by the server through sample().
class http_router {
public:
    using facts_source = std::function<stream_facts()>;

    http_router(facts_source facts, std::string token);

    // Asks for a Host header that names the loopback; for servers bound to it.
    void guard_host() { host_guarded_ = true; }

    void set_token(std::string token) { token_ = std::move(token); }

    // A path that changes something. Answered only with the configured token.
    void add_post_route(std::string path, post_handler handler);

    http_reply answer(const http_request& request);

    // Adds a sample to the history and returns the event for the pages that watch.
    std::string sample();

    // The first event for a page: the facts and the last hour.
    std::string first_event() const;

private:
    std::string paths() const;
    std::optional<http_reply> refuse(const http_request& request) const;
    http_reply answer_get(std::string_view path) const;
    http_reply answer_post(std::string_view path, const http_request& request) const;

    facts_source facts_;
    std::string token_;
    std::map<std::string, post_handler, std::less<>> post_routes_;
    history history_;
    bool host_guarded_ = false;
};

}  // namespace walferry::observe
