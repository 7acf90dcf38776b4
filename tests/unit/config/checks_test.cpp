#include "lib/config/checks.hpp"

#include "lib/config/kafka_properties.hpp"
#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>

namespace walferry::config::test {
namespace {

const std::string kafka = "sink: {kafka: {bootstrap.servers: k}}\n";

}  // namespace

TEST_CASE("there is one sink, and it must be complete") {
    CHECK(faults_of("sink:\n  kafka: {bootstrap.servers: k}\n  stdout: {}\n") ==
          "walferry.yaml:3:11: sink.stdout: there is one sink: remove sink.kafka or sink.stdout");
    CHECK(faults_of("sink:\n  kafka:\n") ==
          "walferry.yaml:2:3: sink.kafka: needs bootstrap.servers: host:port, …");
}

TEST_CASE("the last sink cannot be switched off") {
    CHECK(faults_of("sink: {stdout: false}\n") ==
          "walferry.yaml:1:16: sink.stdout: is off, and there is no other sink: sink.kafka");
}

TEST_CASE("what needs Kafka says so") {
    CHECK(faults_of("delivery: exactly_once\n") ==
          "walferry.yaml:1:11: delivery: exactly_once needs a Kafka sink: sink.kafka");
    CHECK(faults_of("delivery: exactly_once\n" + kafka).empty());
    CHECK(faults_of("on_poison: dead_letter\n").find("needs a Kafka sink") != std::string::npos);
    CHECK(faults_of("snapshot: {mode: when_needed}\n").find("sink.stdout.state_file") !=
          std::string::npos);
    CHECK(faults_of("snapshot: {mode: when_needed}\nsink: {stdout: {state_file: /s}}\n").empty());
}

TEST_CASE("formats and encodings that do not go together") {
    CHECK(faults_of("events: {format: plain, encoding: avro}\n") ==
          "walferry.yaml:1:35: events.encoding: the plain format is JSON without a schema: json");
    CHECK(faults_of("events: {format: plain, flatten: true}\n").find("events.flatten") !=
          std::string::npos);
    CHECK(faults_of("events: {schema_comments: true}\n").find("no schema to put them into") !=
          std::string::npos);
    CHECK(faults_of("events: {schema_comments: true, encoding: avro}\n").empty());
}

TEST_CASE("names must be legal") {
    CHECK(faults_of("name: a b\n").find("is no part of a topic's name") != std::string::npos);
    CHECK(faults_of("source: {slot: My-Slot}\n") ==
          "walferry.yaml:1:16: source.slot: \"My-Slot\" is not the name of a slot; write "
          "\"my_slot\"");
    CHECK(faults_of("source: {slot: " + std::string(64, 'x') + "}\n").find("source.slot") !=
          std::string::npos);
}

TEST_CASE("an address has a host and a port") {
    for (const char* good : {"127.0.0.1:8480", "localhost:0", "\"[::1]:8480\"", "\"\""}) {
        CHECK(faults_of(std::string{"http: {listen: "} + good + "}\n").empty());
    }
    for (const char* bad : {"8480", "localhost", "h:x", "h:70000", "\"::1:8480\"", "http://h:1"}) {
        CHECK(faults_of(std::string{"http: {listen: "} + bad + "}\n").find("is not host:port") !=
              std::string::npos);
    }
    CHECK(faults_of("http: {listen: \":8480\"}\n").find("write 0.0.0.0:8480") != std::string::npos);
    CHECK(faults_of("http: {listen: \"\", token: x}\n").find("without http.listen") !=
          std::string::npos);
}

TEST_CASE("templates have known parts only") {
    CHECK(faults_of("topics: {name: \"{name}.{tabel}\"}\n").find("unknown part {tabel}") !=
          std::string::npos);
    CHECK(faults_of("topics: {name: \"{name\"}\n").find("unknown part") != std::string::npos);
    CHECK(faults_of("route: {event_store: {table: e, topic: \"{table}\"}}\n").find("{table}") !=
          std::string::npos);
}

TEST_CASE("the outbox's additional columns have a form") {
    for (const char* good : {"a:header", "a:envelope", "a:header:alias"}) {
        CHECK(
            faults_of(std::string{"route: {outbox: {additional: [\""} + good + "\"]}}\n").empty());
    }
    for (const char* bad : {"a", "a:body", ":header", "a:header:"}) {
        CHECK_FALSE(
            faults_of(std::string{"route: {outbox: {additional: [\""} + bad + "\"]}}\n").empty());
    }
    CHECK(faults_of("route: {outbox: {table: t}, event_store: {table: t}}\n")
              .find("is the outbox already") != std::string::npos);
}

TEST_CASE("properties that would break a promise are refused at their line") {
    CHECK(faults_of("sink:\n  kafka:\n    bootstrap.servers: k\n    acks: 1\n") ==
          "walferry.yaml:4:11: sink.kafka.acks: must be all: an event counts as published when all "
          "in-sync replicas have it");
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"acks", "0"},
             {"request.required.acks", "1"},
             {"enable.idempotence", "false"},
             {"max.in.flight", "6"},
             {"max.in.flight.requests.per.connection", "1000"},
             {"message.timeout.ms", "5000"},
             {"delivery.timeout.ms", "1"},
             {"enable.gapless.guarantee", "true"},
             {"transactional.id", "x"},
             {"partitioner", "random"},
             {"partitioner_cb", "x"},
             {"dr_cb", "x"},
             {"dr_msg_cb", "x"},
             {"stats_cb", "x"},
             {"queue.buffering.max.ms", "1"},
             {"queue.buffering.max.messages", "1"},
             {"allow.auto.create.topics", "true"},
             {"plugin.library.paths", "x"},
             {"test.mock.num.brokers", "3"}}) {
        INFO(name);
        CHECK_FALSE(refusal_of(name, value, false).empty());
    }
}

TEST_CASE("harmless values of them, and all else, are passed on") {
    for (const auto& [name, value] :
         std::vector<std::pair<std::string, std::string>>{{"acks", "all"},
                                                          {"acks", "-1"},
                                                          {"enable.idempotence", "true"},
                                                          {"max.in.flight", "5"},
                                                          {"message.timeout.ms", "0"},
                                                          {"linger.ms", "5"},
                                                          {"never.heard.of", "x"}}) {
        INFO(name);
        CHECK(refusal_of(name, value, false).empty());
    }
    CHECK(refusal_of("test.mock.num.brokers", "3", true).empty());
    CHECK(faults_of("", {{"WALFERRY_TEST", "1"}}, {"sink.kafka.test.mock.num.brokers=1"}).empty());
}

}  // namespace walferry::config::test
