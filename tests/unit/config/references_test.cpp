#include "lib/config/references.hpp"

#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>

namespace walferry::config::test {

TEST_CASE("references stand inside any value, in any source") {
    const variables world = {{"PW", "secret"},
                             {"/run/pw", "from file\n"},
                             {"WALFERRY_HTTP__TOKEN", "${file:/run/pw}"},
                             {"N", "12"}};
    const settings all =
        loaded(
            "source: {url: \"postgresql://u:${env:PW}@h/d\"}\ntopics: {partitions: \"${env:N}\"}\n",
            world, {"sink.stdout.state_file=/x/${env:PW}"})
            .values;
    CHECK(all.source.url == "postgresql://u:secret@h/d");
    CHECK(all.topics.partitions == 12);
    CHECK(all.http.token == "from file");
    CHECK(all.sink.standard_output.state_file == "/x/secret");
}

TEST_CASE("credentials are looked for in two folders") {
    const std::string file = "http: {token: \"${cred:token}\"}\n";
    CHECK(loaded(file, {{"CREDENTIALS_DIRECTORY", "/c"}, {"/c/token", "a"}}).values.http.token ==
          "a");
    CHECK(loaded(file, {{"/run/secrets/token", "b\r\n"}}).values.http.token == "b");
    CHECK(loaded(file, {{"CREDENTIALS_DIRECTORY", "/c"}, {"/run/secrets/token", "b"}})
              .values.http.token == "b");
    CHECK(faults_of(file) ==
          "walferry.yaml:1:15: http.token: credential token is neither in "
          "$CREDENTIALS_DIRECTORY nor in /run/secrets");
    CHECK(faults_of("http: {token: \"${cred:../x}\"}\n").find("not the name of a credential") !=
          std::string::npos);
}

TEST_CASE("references that lead nowhere are faults at their place") {
    CHECK(faults_of("http:\n  token: ${env:NONE}\n") ==
          "walferry.yaml:2:10: http.token: environment variable NONE is not set");
    CHECK(faults_of("http: {token: \"${file:/none}\"}\n") ==
          "walferry.yaml:1:15: http.token: cannot read /none: No such file or directory");
    CHECK(faults_of("http: {token: \"${file:none}\"}\n") ==
          "walferry.yaml:1:15: http.token: \"none\" is not an absolute path");
    CHECK(faults_of("http: {token: \"${evn:X}\"}\n") ==
          "walferry.yaml:1:15: http.token: ${evn:…} is not a reference; did you mean \"env\"? (env "
          "| file | cred)");
}

TEST_CASE("a fault does not quote what a reference gave") {
    CHECK(faults_of("topics: {partitions: \"${env:PW}\"}\n", {{"PW", "hunter2"}}) ==
          "walferry.yaml:1:22: topics.partitions: what the reference stands for is not valid here; "
          "expected: number");
}

TEST_CASE("other braces are left alone, and values are not resolved twice") {
    CHECK(loaded("route: {outbox: {topic: \"a.${routedByValue}\"}}\n").values.route.outbox.topic ==
          "a.${routedByValue}");
    CHECK(loaded("http: {token: \"${env:A}\"}\n", {{"A", "${env:B}"}, {"B", "b"}})
              .values.http.token == "${env:B}");
    CHECK(loaded("http: {token: \"${env\"}\n").values.http.token == "${env");
}

}  // namespace walferry::config::test
