// Everything that can be wrong with the form of a configuration, and where it is said to be.
#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace walferry::config::test {

TEST_CASE("a wrong word is told its nearest right one") {
    CHECK(faults_of("events:\n  format: debezum\n") ==
          "walferry.yaml:2:11: events.format: \"debezum\" is not a format; did you mean "
          "\"debezium\"? (debezium | plain | cloudevents)");
    CHECK(faults_of("events: {encoding: xml}\n") ==
          "walferry.yaml:1:20: events.encoding: \"xml\" is not an encoding (json | json-schema | "
          "avro)");
}

TEST_CASE("an unknown key is told the nearest") {
    CHECK(faults_of("source:\n  slto: x\n") ==
          "walferry.yaml:2:3: source.slto: unknown key; did you mean \"source.slot\"?");
    CHECK(faults_of("slot: x\n") ==
          "walferry.yaml:1:1: slot: unknown key; did you mean \"source.slot\"?");
    CHECK(faults_of("sorce: {slot: x}\n") ==
          "walferry.yaml:1:1: sorce: unknown key; did you mean \"source\"?");
    CHECK(faults_of("completely_else: x\n") == "walferry.yaml:1:1: completely_else: unknown key");
    CHECK(faults_of("", {{"WALFERRY_SOURCE__SLOTT", "x"}}) ==
          "env WALFERRY_SOURCE__SLOTT: source.slott: unknown key; did you mean \"source.slot\"?");
    CHECK(faults_of("", {}, {"events.fromat=plain"}) ==
          "--set: events.fromat: unknown key; did you mean \"events.format\"?");
    CHECK(faults_of("events: {flatten: {prefx: x}}\n") ==
          "walferry.yaml:1:20: events.flatten.prefx: unknown key; did you mean "
          "\"events.flatten.prefix\"?");
}

TEST_CASE("values of the wrong form") {
    CHECK(faults_of("source: {create: yes}\n") ==
          "walferry.yaml:1:18: source.create: \"yes\" is not true or false");
    CHECK(faults_of("topics: {partitions: many}\n") ==
          "walferry.yaml:1:22: topics.partitions: \"many\" is not a whole number");
    CHECK(faults_of("topics: {partitions: 0}\n") ==
          "walferry.yaml:1:22: topics.partitions: \"0\" is out of range (1 to 100000)");
    CHECK(faults_of("source: {status_interval: 5}\n") ==
          "walferry.yaml:1:27: source.status_interval: \"5\" is not a duration like 500ms, 10s, 5m "
          "or 1h");
    CHECK(faults_of("source: {status_interval: 5h}\n") ==
          "walferry.yaml:1:27: source.status_interval: \"5h\" is out of range (100ms to 10m)");
    CHECK(faults_of("sink: {in_flight: 1kB}\n") ==
          "walferry.yaml:1:19: sink.in_flight: \"1kB\" is out of range (64KiB to 4GiB)");
    CHECK(faults_of("source:\n  slot:\n") ==
          "walferry.yaml:2:3: source.slot: has no value; remove the line to keep the default");
    CHECK(faults_of("source: {slot: [x]}\n") ==
          "walferry.yaml:1:16: source.slot: is one value, not a list or map");
    CHECK(faults_of("source: {tables: public.*}\n") ==
          "walferry.yaml:1:18: source.tables: is a list: write [\"public.*\"]");
    CHECK(faults_of("source: x\n") ==
          "walferry.yaml:1:9: source: is a section; its keys stand indented below it");
    CHECK(faults_of("events: {skip: [c, x, c]}\n") ==
          "walferry.yaml:1:20: events.skip: \"x\" is not an operation (c | u | d | t)\n"
          "walferry.yaml:1:23: events.skip: \"c\" stands twice");
    CHECK(faults_of("events: {keys: [a]}\n") ==
          "walferry.yaml:1:16: events.keys: is a map, not a list");
    CHECK(faults_of("events: {flatten: maybe}\n") ==
          "walferry.yaml:1:19: events.flatten: \"maybe\" is not true or false");
    CHECK(faults_of("- a\n- b\n") ==
          "walferry.yaml:1:1: a configuration is a map of keys: \"name: shop\"");
}

TEST_CASE("patterns are compiled at their place") {
    CHECK(faults_of("source:\n  tables:\n    - public.*\n    - /a(/\n") ==
          "walferry.yaml:4:7: source.tables: \"/a(/\" is not a regular expression of RE2: missing "
          "): a(");
    CHECK(faults_of("events: {keys: {\"!a.b\": [c]}}\n") ==
          "walferry.yaml:1:25: events.keys.!a.b: \"!a.b\" cannot exclude here");
    CHECK(faults_of("events: {keys: {a.b: []}}\n") ==
          "walferry.yaml:1:22: events.keys.a.b: \"a.b\" names no column");
    CHECK(faults_of("route: {outbox: {table: \"/(/\"}}\n").find("route.outbox.table: \"/(/\"") !=
          std::string::npos);
}

TEST_CASE("a key that stands twice is refused in both its forms") {
    CHECK(faults_of("name: a\nname: b\n") ==
          "walferry.yaml:2:1: \"name\" stands twice, first in line 1");
    CHECK(faults_of("source: {slot: a}\nsource.slot: b\n") ==
          "walferry.yaml:2:14: source.slot: stands twice");
}

TEST_CASE("a nested property is told to write its name in one line") {
    CHECK(faults_of("sink: {kafka: {bootstrap: {servers: x}}}\n").find("dotted name in one line") !=
          std::string::npos);
}

TEST_CASE("overrides and variables that are no YAML") {
    CHECK(faults_of("", {}, {"nothing"}) == "--set: \"nothing\" is not of the form a.b=value");
    CHECK(faults_of("", {}, {"=x"}) == "--set: \"=x\" is not of the form a.b=value");
    CHECK(faults_of("", {}, {"source.tables=[a"}).starts_with("--set: source.tables: YAML syntax"));
    CHECK(faults_of("", {}, {"source.tables=[!a]"}) ==
          "--set: source.tables: \"!a\" is a YAML tag; quote a text that starts with !");
    CHECK(faults_of("", {{"WALFERRY_SOURCE__TABLES", "a"}}) ==
          "env WALFERRY_SOURCE__TABLES: source.tables: is a list: write [\"a\"]");
    CHECK(faults_of("", {}, {"source.catch_up=5"}) ==
          "--set: source.catch_up: is a section; its keys stand indented below it");
}

TEST_CASE("all faults come at once, in the order of the file, twenty of them") {
    CHECK(faults_of("on_poison: go\nname: 1\nevents: {decimal: x}\n") ==
          "walferry.yaml:1:12: on_poison: \"go\" is not a way to treat poison records (stop | "
          "dead_letter | skip)\n"
          "walferry.yaml:3:19: events.decimal: \"x\" is not a decimal mode (precise | double | "
          "string)");
    std::string many;
    for (int i = 0; i < 27; ++i) {
        many += "unknown_" + std::to_string(i) + ": x\n";
    }
    const std::string text = faults_of(many);
    CHECK(std::count(text.begin(), text.end(), '\n') == 20);
    CHECK(text.ends_with("\n… and 7 more"));
}

}  // namespace walferry::config::test
