#include "lib/observe/http_rules.hpp"

#include <catch2/catch.hpp>

namespace walferry::observe {

TEST_CASE("listen addresses are host and port") {
    const auto plain = parse_listen("127.0.0.1:8480");
    REQUIRE(plain);
    CHECK(plain->host == "127.0.0.1");
    CHECK(plain->port == 8480);
    CHECK(parse_listen("[::1]:0")->host == "::1");
    CHECK(parse_listen(":8480")->host.empty());
    CHECK(parse_listen("*:8480")->host.empty());
    CHECK(parse_listen("localhost:65535")->port == 65535);
}

TEST_CASE("other listen addresses are refused with the key's name") {
    for (const char* text : {"", "8480", "localhost", "localhost:", "localhost:http", "h:65536",
                             "h:-1", "::1:8480", "[::1]", "http://h:1", "h :1"}) {
        INFO(text);
        const auto address = parse_listen(text);
        REQUIRE_FALSE(address);
        CHECK(address.error().kind == error_kind::config_invalid);
        CHECK(address.error().message.starts_with("http.listen: "));
        CHECK_FALSE(address.error().hint.empty());
    }
}

TEST_CASE("Host headers of the loopback are known, names that only look like it are not") {
    for (const char* host : {"localhost", "localhost:8480", "LocalHost", "127.0.0.1",
                             "127.0.0.1:8480", "127.1.2.3:1", "[::1]", "[::1]:8480"}) {
        INFO(host);
        CHECK(is_loopback_host(host));
    }
    for (const char* host :
         {"", "evil.example", "127.0.0.1.evil.example", "127.evil.example", "localhost.evil",
          "127.0.0", "127.0.0.1.5", "127.0.0.256", "[::2]", "[::1", "[::1]x", "[::1].evil",
          "localhost:x", "localhost:1:2", "10.0.0.1", "127.0.0.1@evil"}) {
        INFO(host);
        CHECK_FALSE(is_loopback_host(host));
    }
}

TEST_CASE("tokens are compared whole") {
    CHECK(equal_in_constant_time("secret", "secret"));
    CHECK_FALSE(equal_in_constant_time("secret", "secreT"));
    CHECK_FALSE(equal_in_constant_time("secret", "secre"));
    CHECK_FALSE(equal_in_constant_time("", "x"));
    CHECK(bearer_token("Bearer abc") == "abc");
    CHECK(bearer_token("bearer  abc") == "abc");
    CHECK(bearer_token("Basic abc").empty());
    CHECK(bearer_token("").empty());
    CHECK(bearer_token("Bearer ").empty());
}

}  // namespace walferry::observe
