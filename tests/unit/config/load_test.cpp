#include "lib/config/load.hpp"

#include "lib/config/gather.hpp"
#include "lib/config/reload.hpp"
#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>

namespace walferry::config::test {

using namespace std::chrono_literals;

TEST_CASE("the example of the interface loads") {
    const settings all = loaded(R"(
name: shop
source:
  url: postgresql://cdc@db1,db2/shop?target_session_attrs=read-write
  slot: walferry
  publication: walferry
  create: true
  tables: ["public.*", "!public.tmp_*"]
  catch_up: {workers: 2, after: 256MiB}
sink:
  kafka:
    bootstrap.servers: k1:9092,k2:9092
events:
  format: debezium
  encoding: json
topics:
  name: "{name}.{schema}.{table}"
snapshot:
  mode: initial
delivery: at_least_once
on_poison: stop
http:
  listen: 127.0.0.1:8480
)")
                             .values;
    CHECK(all.name == "shop");
    CHECK(all.source.slot == "walferry");
    CHECK(all.source.tables == std::vector<std::string>{"public.*", "!public.tmp_*"});
    CHECK(all.source.catch_up.after_bytes == 256u << 20);
    CHECK(all.sink.kafka.enabled);
    CHECK_FALSE(all.sink.standard_output.enabled);
    CHECK(all.sink.kafka.properties.at("bootstrap.servers") == "k1:9092,k2:9092");
    CHECK(all.http.listen == "127.0.0.1:8480");
}

TEST_CASE("every later source wins, value by value") {
    const configuration read = loaded(
        "source:\n  slot: file\n  publication: file\n  create: false\n",
        {{"WALFERRY_SOURCE__SLOT", "variable"}, {"WALFERRY_SOURCE__PUBLICATION", "variable"}},
        {"source.slot=option", "name=one", "name=two"});
    CHECK(read.values.source.slot == "option");
    CHECK(read.values.source.publication == "variable");
    CHECK_FALSE(read.values.source.create);
    CHECK(read.values.name == "two");
    CHECK(read.origins.at("source.slot") == "--set");
    CHECK(read.origins.at("source.publication") == "env WALFERRY_SOURCE__PUBLICATION");
    CHECK(read.origins.at("source.create") == "walferry.yaml:4:11");
    CHECK_FALSE(read.origins.contains("source.url"));
}

TEST_CASE("no file is needed") {
    const configuration read = loaded("", {}, {"source.url=postgresql://h/shop"});
    CHECK(read.values.name == "shop");
    CHECK(read.file.empty());
    CHECK(read.values.sink.standard_output.enabled);
}

TEST_CASE("an override may have equals signs and colons") {
    const auto all = loaded("", {}, {"source.url=host=a dbname=b", "topics.name=x: {table}"});
    CHECK(all.values.source.url == "host=a dbname=b");
    CHECK(all.values.topics.name == "x: {table}");
}

TEST_CASE("properties have dots in their names, in all sources") {
    const configuration read =
        loaded("sink:\n  kafka:\n    bootstrap.servers: file:1\n    linger.ms: 5\n",
               {{"WALFERRY_SINK__KAFKA__LINGER_MS", "10"},
                {"WALFERRY_SINK__KAFKA__SECURITY_PROTOCOL", "ssl"}},
               {"sink.kafka.bootstrap.servers=x:1,y:2"});
    const std::map<std::string, std::string> expected = {
        {"bootstrap.servers", "x:1,y:2"}, {"linger.ms", "10"}, {"security.protocol", "ssl"}};
    CHECK(read.values.sink.kafka.properties == expected);
    CHECK(read.origins.at("sink.kafka.linger.ms") == "env WALFERRY_SINK__KAFKA__LINGER_MS");
}

TEST_CASE("a property from the environment alone switches the sink on") {
    const auto all = loaded("", {{"WALFERRY_SINK__KAFKA__BOOTSTRAP_SERVERS", "k:1"}}).values;
    CHECK(all.sink.kafka.enabled);
    CHECK_FALSE(all.sink.standard_output.enabled);
}

TEST_CASE("a later source can switch a sink off") {
    const auto all = loaded("sink: {kafka: {bootstrap.servers: k}}\n", {},
                            {"sink.kafka=false", "sink.stdout={}"})
                         .values;
    CHECK_FALSE(all.sink.kafka.enabled);
    CHECK(all.sink.standard_output.enabled);
}

TEST_CASE("lists, maps and sections are flow text outside of the file") {
    const auto all = loaded("source: {tables: [a.b]}\n",
                            {{"WALFERRY_SOURCE__TABLES", "[public.*, \"!public.x\"]"},
                             {"WALFERRY_TOPICS__CONFIG__MIN_INSYNC_REPLICAS", "2"}},
                            {"events.keys={public.orders: [a, b]}", "events.keys.public.lines=[c]",
                             "source={slot: s, catch_up: {workers: 0}}"})
                         .values;
    CHECK(all.source.tables == std::vector<std::string>{"public.*", "!public.x"});
    CHECK(all.topics.config.at("min.insync.replicas") == "2");
    CHECK(all.events.keys.at("public.orders") == std::vector<std::string>{"a", "b"});
    CHECK(all.events.keys.at("public.lines") == std::vector<std::string>{"c"});
    CHECK(all.source.slot == "s");
    CHECK(all.source.catch_up.workers == 0);
}

TEST_CASE("flatten is switched on by true, by its parts and by being there") {
    CHECK(loaded("events: {flatten: true}\n").values.events.flatten.enabled);
    CHECK(loaded("events: {flatten: {}}\n").values.events.flatten.enabled);
    CHECK(loaded("events:\n  flatten:\n").values.events.flatten.enabled);
    CHECK(loaded("", {}, {"events.flatten.prefix=_"}).values.events.flatten.enabled);
    CHECK_FALSE(loaded("events: {flatten: false}\n").values.events.flatten.enabled);
    CHECK_FALSE(loaded("events: {flatten: {prefix: _}}\n", {}, {"events.flatten=false"})
                    .values.events.flatten.enabled);
    const auto parts = loaded("events: {flatten: {deletes: rewrite, add_fields: [op]}}\n").values;
    CHECK(parts.events.flatten.enabled);
    CHECK(parts.events.flatten.deletes == flatten_deletes::rewrite);
}

TEST_CASE("stdout is switched on by being there") {
    CHECK(loaded("sink:\n  stdout: {}\n").values.sink.standard_output.enabled);
    CHECK(loaded("sink:\n  stdout:\n").values.sink.standard_output.enabled);
    const auto all = loaded("sink: {stdout: {state_file: /x}}\n").values;
    CHECK(all.sink.standard_output.enabled);
    CHECK(all.sink.standard_output.state_file == "/x");
}

TEST_CASE("empty sections and dotted keys are as good as any") {
    CHECK(loaded("source:\nsink:\n").values.source.create);
    CHECK(loaded("source.slot: x\n").values.source.slot == "x");
}

TEST_CASE("a reload knows what needs a restart") {
    const auto before = loaded("name: a\n").values;
    const auto after = loaded("name: a\nlog: {level: debug}\nsource: {tables: [x.y]}\n").values;
    const changes found = changes_between(before, after);
    CHECK(found.reloadable == std::vector<std::string>{"log.level"});
    CHECK(found.needs_restart == std::vector<std::string>{"source.tables"});
    CHECK(changes_between(before, before).needs_restart.empty());
}

TEST_CASE("variables of others are not ours") {
    for (const char* name :
         {"WALFERRY_CONFIG", "WALFERRY_TEST", "WALFERRY_TEST_SERVER", "WALFERRY_SERVICE_HOST",
          "WALFERRY_SERVICE_PORT", "WALFERRY_SERVICE_PORT_HTTP", "WALFERRY_PORT",
          "WALFERRY_PORT_8480_TCP", "WALFERRY_PORT_8480_TCP_ADDR", "WALFERRY_UI_SERVICE_HOST"}) {
        CHECK(is_foreign_variable(name));
    }
    CHECK_FALSE(is_foreign_variable("WALFERRY_NAME"));
    CHECK_FALSE(is_foreign_variable("WALFERRY_SINK__KAFKA__SERVICE_PORT"));
    CHECK(loaded("", {{"WALFERRY_PORT", "tcp://10.0.0.1:8480"}}).values.name.empty());
}

}  // namespace walferry::config::test
