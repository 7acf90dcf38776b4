#include "lib/postgres/connection_text.hpp"

#include <catch2/catch.hpp>

namespace walferry::postgres {

TEST_CASE("lists of hosts rotate") {
    CHECK(list_size("") == 1);
    CHECK(list_size("a,b,c") == 3);
    CHECK(rotate_list("a,b,c", 0) == "a,b,c");
    CHECK(rotate_list("a,b,c", 1) == "b,c,a");
    CHECK(rotate_list("a,b,c", 2) == "c,a,b");
    CHECK(rotate_list("a,b,c", 4) == "b,c,a");
    CHECK(rotate_list("5432", 1) == "5432");
    CHECK(rotate_list("", 3).empty());
    CHECK(rotate_list(",b", 1) == "b,");
}

TEST_CASE("the SQLSTATE is taken out of a verbose report, in any language") {
    const auto report = parse_connect_failure(
        "connection to server at \"127.0.0.1\", port 5432 failed: FATALE:  28P01: autenticazione\n"
        "LOCATION:  auth_failed, auth.c:326\n");
    CHECK(report.sqlstate == "28P01");
    CHECK(report.message ==
          "connection to server at \"127.0.0.1\", port 5432 failed: FATALE:  autenticazione");
}

TEST_CASE("of several hosts the last report with an SQLSTATE decides") {
    const auto report = parse_connect_failure(
        "connection to server at \"a\", port 1 failed: Connection refused\n"
        "\tIs the server running on that host and accepting TCP/IP connections?\n"
        "connection to server at \"b\", port 1 failed: FATAL:  57P03: starting up\n"
        "LOCATION:  ProcessStartupPacket, postmaster.c:2400\n");
    CHECK(report.sqlstate == "57P03");
    CHECK(report.message.find("refused; Is the server") != std::string::npos);
    CHECK(report.message.find("57P03") == std::string::npos);
    CHECK(report.message.find('\n') == std::string::npos);
}

TEST_CASE("a report without an SQLSTATE stays as it is") {
    const auto report = parse_connect_failure("could not translate host name \"x\": no such\n");
    CHECK(report.sqlstate.empty());
    CHECK(report.message == "could not translate host name \"x\": no such");
    CHECK(parse_connect_failure("").message.empty());
    CHECK(parse_connect_failure("a:  ").sqlstate.empty());
}

TEST_CASE("complaints that may quote a secret are not repeated") {
    CHECK(harmless_complaint("invalid connection option \"foo\"\n") ==
          "invalid connection option \"foo\"");
    CHECK(harmless_complaint("missing \"=\" after \"geheim\" in connection info string").empty());
    CHECK(
        harmless_complaint("extra key/value separator \"=\" in URI query parameter: \"password=a\"")
            .empty());
}

}  // namespace walferry::postgres
