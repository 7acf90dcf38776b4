#include "lib/observe/http_router.hpp"

#include "tests/unit/observe/sample_facts.hpp"

#include <catch2/catch.hpp>

namespace walferry::observe {
namespace {

using Catch::Matchers::Contains;

http_router router(std::string token = {}) {
    return {healthy_facts, std::move(token)};
}

http_reply get(http_router& from, std::string_view target) {
    return from.answer({.method = "GET", .target = target});
}

}  // namespace

TEST_CASE("each path has its answer and its type") {
    auto server = router();
    CHECK(get(server, "/healthz").status == 200);
    CHECK(get(server, "/readyz").status == 200);
    CHECK(get(server, "/metrics").content_type == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(get(server, "/status").content_type == "application/json");
    CHECK(get(server, "/status?pretty=1").status == 200);
    CHECK(get(server, "/").content_type == "text/html; charset=utf-8");
    CHECK(get(server, "/events").event_stream);
}

TEST_CASE("not ready is 503 with the reason") {
    http_router server{[] { return stream_facts{}; }, {}};
    const auto reply = get(server, "/readyz");
    CHECK(reply.status == 503);
    CHECK(reply.body == "not streaming: starting\n");
    CHECK(get(server, "/healthz").status == 200);
}

TEST_CASE("unknown paths are 404, other methods 405 with the allowed ones") {
    auto server = router("t");
    server.add_post_route("/snapshot", [](std::string_view) { return http_reply{}; });
    CHECK(get(server, "/nothing").status == 404);
    CHECK(get(server, "/statuses").status == 404);
    CHECK(server.answer({.method = "DELETE", .target = "/nothing"}).status == 404);
    const auto refused = server.answer({.method = "POST", .target = "/status"});
    CHECK(refused.status == 405);
    CHECK(refused.headers.at("Allow") == "GET, HEAD");
    CHECK(get(server, "/snapshot").status == 405);
    CHECK(get(server, "/snapshot").headers.at("Allow") == "POST");
}

TEST_CASE("nothing changes without the configured token") {
    int calls = 0;
    const auto handler = [&](std::string_view body) {
        ++calls;
        return http_reply{.status = 202, .body = std::string{body}};
    };
    http_request request{.method = "POST", .target = "/snapshot", .body = "public.t"};
    SECTION("no token configured: refused whatever is sent") {
        auto server = router();
        server.add_post_route("/snapshot", handler);
        request.authorization = "Bearer ";
        CHECK(server.answer(request).status == 403);
    }
    SECTION("a wrong, a missing and another kind of token") {
        auto server = router("right");
        server.add_post_route("/snapshot", handler);
        for (const char* header : {"", "Bearer wrong", "Bearer right2", "right", "Basic right"}) {
            request.authorization = header;
            CHECK(server.answer(request).status == 401);
        }
    }
    CHECK(calls == 0);
    auto server = router("right");
    server.add_post_route("/snapshot", handler);
    request.authorization = "Bearer right";
    CHECK(server.answer(request).status == 202);
    CHECK(server.answer(request).body == "public.t");
    CHECK(calls == 2);
}

TEST_CASE("a server on the loopback answers to the loopback's names only") {
    auto server = router();
    http_request request{.method = "GET", .target = "/status", .host = "rebound.example:8480"};
    CHECK(server.answer(request).status == 200);
    server.guard_host();
    CHECK(server.answer(request).status == 403);
    request.host = "localhost:8480";
    CHECK(server.answer(request).status == 200);
}

TEST_CASE("the page fetches nothing from elsewhere and its nonce is new each time") {
    auto server = router();
    const auto page = get(server, "/");
    const std::string& policy = page.headers.at("Content-Security-Policy");
    CHECK_THAT(policy, Contains("default-src 'none'") && Contains("frame-ancestors 'none'"));
    CHECK_THAT(policy, !Contains("unsafe"));
    CHECK_THAT(page.body, Contains("</html>") && !Contains("{{") && Contains("EventSource"));
    for (const char* outside : {"src=\"http", "href=\"http", "@import", "url(", "innerHTML"}) {
        CHECK_THAT(page.body, !Contains(outside));
    }
    const auto at = policy.find("nonce-") + 6;
    CHECK_THAT(page.body, Contains("nonce=\"" + policy.substr(at, 32) + "\""));
    CHECK(get(server, "/").headers.at("Content-Security-Policy") != policy);
}

TEST_CASE("neither status nor events show the token") {
    auto server = router("s3cret");
    CHECK_THAT(get(server, "/status").body, !Contains("s3cret"));
    CHECK_THAT(server.first_event(), !Contains("s3cret"));
}

TEST_CASE("an event is one line of data") {
    auto server = router();
    const std::string event = server.sample();
    CHECK_THAT(event, Catch::Matchers::StartsWith("event: status\ndata: {"));
    CHECK(event.ends_with("}\n\n"));
    CHECK(std::count(event.begin(), event.end(), '\n') == 3);
    CHECK_THAT(server.first_event(), Contains("\"history\""));
}

}  // namespace walferry::observe
