#include "lib/config/show.hpp"

#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace walferry::config::test {
namespace {

const std::string file = R"(name: shop
source:
  url: postgresql://cdc:hunter2@h/shop
events:
  masks: [{columns: [a.b.c], hash: SHA-256, salt: pepper}]
sink:
  kafka:
    bootstrap.servers: k:9092
    sasl.username: alice
    sasl.password: wonderland
    ssl.key.pem: PEMPEM
    client.id: ${env:CLIENT}
http:
  listen: 127.0.0.1:8480
  token: tok
)";

configuration secretive() {
    return loaded(file, {{"CLIENT", "hidden-client"}}, {"log.level=debug"});
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("values are shown with their origin") {
    const std::string text = show_yaml(secretive());
    CHECK(has(text, "name: shop  # walferry.yaml:1:7\n"));
    CHECK(has(text, "source:\n  url: \"postgresql://cdc:***@h/shop\"  # walferry.yaml:3:8\n") !=
          has(text, "source:\n  url: postgresql://cdc:"));
    CHECK(has(text, "  slot: walferry_shop  # default\n"));
    CHECK(has(text, "  kafka:\n    bootstrap.servers: k:9092  # walferry.yaml:8:24\n"));
    CHECK(has(text, "  level: debug  # --set\n"));
    CHECK_FALSE(has(text, "stdout"));
}

TEST_CASE("secrets are hidden, whatever made them secrets") {
    for (const std::string& text : {show_yaml(secretive()), show_json(secretive())}) {
        for (const char* secret :
             {"hunter2", "pepper", "alice", "wonderland", "PEMPEM", "hidden-client", "tok\""}) {
            INFO(secret);
            CHECK_FALSE(has(text, secret));
        }
        CHECK(has(text, "***"));
        CHECK(has(text, "SHA-256"));
    }
}

TEST_CASE("what is shown loads again") {
    for (const char* text :
         {"", "sink: {kafka: {bootstrap.servers: k}}\n", "events: {flatten: {prefix: _}}\n",
          "sink: {stdout: {state_file: x}}\n",
          "source: {tables: [\"!a.b\", \"/x/\"]}\nevents: {keys: {a.b: [c]}}\n"}) {
        const configuration first = loaded(text, {{"PGDATABASE", "shop"}});
        const configuration second = loaded(show_yaml(first));
        const auto lines = [](const configuration& of) {
            auto shown = nlohmann::json::parse(show_json(of))["settings"];
            for (auto& one : shown) {
                one.erase("origin");
            }
            return shown;
        };
        CHECK(lines(first) == lines(second));
    }
}

TEST_CASE("JSON has types") {
    const auto read = nlohmann::json::parse(show_json(secretive()));
    CHECK(read["file"] == "walferry.yaml");
    CHECK(read["settings"]["source.create"]["value"] == true);
    CHECK(read["settings"]["topics.partitions"]["value"] == 1);
    CHECK(read["settings"]["source.tables"]["value"] == nlohmann::json::array());
    CHECK(read["settings"]["sink.kafka.bootstrap.servers"]["origin"] == "walferry.yaml:8:24");
    CHECK(read["settings"]["http.token"]["value"] == "***");
    CHECK(nlohmann::json::parse(show_json(loaded("")))["file"].is_null());
}

}  // namespace walferry::config::test
