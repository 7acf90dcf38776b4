#include "lib/config/from_debezium.hpp"

#include "lib/config/connector_text.hpp"
#include "tests/unit/config/given.hpp"

#include <catch2/catch.hpp>

namespace walferry::config::test {
namespace {

using namespace std::chrono_literals;

// The conversion, loaded: what was converted must always load.
settings converted(const std::string& text) {
    const conversion made = from_debezium(text);
    for (const std::string& one : made.wrong) {
        throw std::runtime_error(one);
    }
    INFO(made.yaml);
    return loaded(made.yaml).values;
}

std::string fault_of(const std::string& text) {
    const conversion made = from_debezium(text);
    CHECK(made.yaml.empty());
    return made.wrong.empty() ? "" : made.wrong[0];
}

bool notes(const std::string& text, const std::string& part) {
    return from_debezium(text).yaml.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a whole connector as Connect's REST interface has it") {
    const settings all = converted(R"({
  "name": "inventory-connector",
  "config": {
    "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "tasks.max": "1",
    "plugin.name": "pgoutput",
    "database.hostname": "db1", "database.port": 5433, "database.user": "cdc",
    "database.password": "it's", "database.dbname": "shop", "database.sslmode": "require",
    "topic.prefix": "fulfillment",
    "table.include.list": "public.orders,public\\.order_.*, inventory\\.t[0-9]+",
    "column.exclude.list": "public.users.password",
    "message.key.columns": "public.orders:customer_id,id;public.lines:order_id",
    "decimal.handling.mode": "string",
    "time.precision.mode": "connect",
    "heartbeat.interval.ms": "10000",
    "tombstones.on.delete": false,
    "provide.transaction.metadata": "true",
    "snapshot.mode": "no_data",
    "publication.autocreate.mode": "disabled",
    "value.converter": "org.apache.kafka.connect.json.JsonConverter",
    "value.converter.schemas.enable": "true"
  }
})");
    CHECK(all.name == "fulfillment");
    CHECK(all.source.url ==
          "host=db1 port=5433 dbname=shop user=cdc password='it\\'s' sslmode=require");
    CHECK(all.source.tables ==
          std::vector<std::string>{"public.orders", "public.order_*", "/inventory\\.t[0-9]+/"});
    CHECK(all.source.columns == std::vector<std::string>{"!public.users.password"});
    CHECK(all.events.keys.at("public.orders") == std::vector<std::string>{"customer_id", "id"});
    CHECK(all.events.keys.at("public.lines") == std::vector<std::string>{"order_id"});
    CHECK(all.events.decimal == decimal_mode::string);
    CHECK(all.events.time == time_mode::connect);
    CHECK(all.events.heartbeat == 10s);
    CHECK_FALSE(all.events.tombstones);
    CHECK(all.events.transactions);
    CHECK(all.events.encoding == event_encoding::json_schema);
    CHECK(all.snapshot.mode == snapshot_mode::never);
    CHECK_FALSE(all.source.create);
    CHECK(all.source.slot == "debezium");
    CHECK(all.source.publication == "dbz_publication");
    CHECK(all.events.skip == std::vector<std::string>{"t"});
}

TEST_CASE("properties, and those of Debezium Server") {
    const settings all = converted(R"(# a comment
debezium.sink.type=kafka
debezium.sink.kafka.producer.bootstrap.servers = k1:9092
debezium.sink.kafka.producer.sasl.mechanism=PLAIN
debezium.source.connector.class=io.debezium.connector.postgresql.PostgresConnector
debezium.source.topic.prefix : tutorial
debezium.source.schema.include.list=inventory,\
  sales
debezium.source.slot.name=old_slot
debezium.source.skipped.operations=none
debezium.format.value=json
debezium.format.value.schemas.enable=false
)");
    CHECK(all.name == "tutorial");
    CHECK(all.sink.kafka.properties.at("bootstrap.servers") == "k1:9092");
    CHECK(all.sink.kafka.properties.at("sasl.mechanisms") == "PLAIN");
    CHECK(all.source.tables == std::vector<std::string>{"inventory.*", "sales.*"});
    CHECK(all.source.slot == "old_slot");
    CHECK(all.events.skip.empty());
    CHECK(all.events.encoding == event_encoding::json);
}

TEST_CASE("masks") {
    const auto masks = converted(R"(topic.prefix=x
column.mask.with.5.chars=public.users.password
column.mask.hash.v2.SHA-256.with.salt.CzQ=public.users.mail,public.users.phone
column.truncate.to.20.chars=.*\\.body
)")
                           .events.masks;
    REQUIRE(masks.size() == 3);
    CHECK(masks[0].what == mask_rule::kind::hash);
    CHECK(masks[0].algorithm == "SHA-256");
    CHECK(masks[0].salt == "CzQ");
    CHECK(masks[0].columns == std::vector<std::string>{"public.users.mail", "public.users.phone"});
    CHECK(masks[1].what == mask_rule::kind::fixed);
    CHECK(masks[1].length == 5);
    CHECK(masks[2].what == mask_rule::kind::truncate);
    CHECK(masks[2].columns == std::vector<std::string>{"/.*\\.body/"});
    CHECK(notes("column.mask.hash.SHA-256.with.salt.S=a.b.c\n", "the hashes change"));
}

TEST_CASE("transforms") {
    const settings all = converted(R"(topic.prefix=x
table.include.list=public.outbox
transforms=unwrap,outbox,reroute
transforms.unwrap.type=io.debezium.transforms.ExtractNewRecordState
transforms.unwrap.delete.tombstone.handling.mode=rewrite-with-tombstone
transforms.unwrap.add.fields=op,source.ts_ms
transforms.outbox.type=io.debezium.transforms.outbox.EventRouter
transforms.outbox.table.field.event.key=aggregate
transforms.outbox.table.expand.json.payload=true
transforms.outbox.table.fields.additional.placement=tenant:header:x
transforms.reroute.type=io.debezium.transforms.ByLogicalTableRouter
transforms.reroute.topic.regex=(.*)_p[0-9]+
transforms.reroute.topic.replacement=$1
)");
    CHECK(all.events.flatten.enabled);
    CHECK(all.events.flatten.deletes == flatten_deletes::rewrite_with_tombstone);
    CHECK(all.events.flatten.add_fields == std::vector<std::string>{"op", "source.ts_ms"});
    CHECK(all.route.outbox.table == "public.outbox");
    CHECK(all.route.outbox.key == "aggregate");
    CHECK(all.route.outbox.expand_json);
    CHECK(all.route.outbox.additional == std::vector<std::string>{"tenant:header:x"});
    REQUIRE(all.topics.rewrite.size() == 1);
    CHECK(all.topics.rewrite[0].replace == "\\1");
}

TEST_CASE("the older options for deletes") {
    const std::string head =
        "transforms=u\ntransforms.u.type=io.debezium.transforms.ExtractNewRecordState\n";
    CHECK(converted(head + "transforms.u.delete.handling.mode=rewrite\n").events.flatten.deletes ==
          flatten_deletes::rewrite);
    CHECK(converted(head + "transforms.u.drop.tombstones=false\n").events.flatten.deletes ==
          flatten_deletes::tombstone);
    CHECK(converted(head + "transforms.u.delete.handling.mode=none\n").events.flatten.deletes ==
          flatten_deletes::tombstone);
    CHECK(notes(head + "transforms.u.add.headers.prefix=h_\n",
                "#   transforms.u.add.headers.prefix: headers have the prefix of fields"));
    CHECK(fault_of(head + "transforms.u.delete.handling.mode=x\n").find("\"x\" is not one of") !=
          std::string::npos);
}

TEST_CASE("schemas of keys, values and CloudEvents") {
    const std::string json = "org.apache.kafka.connect.json.JsonConverter\n";
    const std::string value = "value.converter=" + json;
    CHECK(converted(value).events.encoding == event_encoding::json_schema);
    CHECK(converted(value + "value.converter.schemas.enable=false\n").events.encoding ==
          event_encoding::json);
    CHECK(notes(value + "key.converter=" + json + "key.converter.schemas.enable=false\n",
                "#   key.converter.schemas.enable: keys have a schema when values have one"));
    const std::string cloud = "value.converter=io.debezium.converters.CloudEventsConverter\n";
    CHECK(converted(cloud).events.format == event_format::cloudevents);
    CHECK(converted(cloud).events.encoding == event_encoding::json_schema);
    CHECK(converted(cloud + "value.converter.json.schemas.enable=false\n").events.encoding ==
          event_encoding::json);
    CHECK(fault_of(cloud + "value.converter.data.serializer.type=avro\n")
              .find("\"avro\" has no counterpart") != std::string::npos);
}

TEST_CASE("what has no counterpart becomes a comment with advice") {
    const std::string text = R"(topic.prefix=x
signal.data.collection=public.signals
max.batch.size=1000
never.heard.of=1
producer.override.acks=1
include.schema.comments=true
transforms=f
transforms.f.type=io.debezium.transforms.Filter
transforms.f.condition=value.op == 'u'
)";
    CHECK(notes(text, "#   signal.data.collection: `walferry snapshot TABLE`"));
    CHECK(notes(text, "#   max.batch.size: not needed"));
    CHECK(notes(text, "#   never.heard.of: is not known to walferry"));
    CHECK(notes(text, "#   producer.override.acks: must be all"));
    CHECK(notes(text, "#   events.schema_comments: left out: json has no schema"));
    CHECK(notes(text, "#   transforms.f.type: io.debezium.transforms.Filter has no counterpart"));
    CHECK(notes(text, "#   transforms.f.condition: "));
    CHECK(converted(text).name == "x");
}

TEST_CASE("unknown values are errors with names") {
    CHECK(fault_of("decimal.handling.mode=exact\n") ==
          "decimal.handling.mode: \"exact\" is not a decimal mode (precise | double | string)");
    CHECK(fault_of("snapshot.mode=always\n").find("snapshot.mode: \"always\" has no counterpart") ==
          0);
    CHECK(fault_of("heartbeat.interval.ms=soon\n").find("not a number of milliseconds") !=
          std::string::npos);
    CHECK(fault_of("table.include.list=a(?!b)\n").find("table.include.list: \"a(?!b)\"") == 0);
    CHECK(fault_of("message.key.columns=a.b\n").find("is not table:column") != std::string::npos);
    CHECK(fault_of("connector.class=io.debezium.connector.mysql.MySqlConnector\n")
              .find("is not the connector for PostgreSQL") != std::string::npos);
    CHECK(fault_of("value.converter=io.confluent.connect.protobuf.ProtobufConverter\n")
              .find("\"ProtobufConverter\" has no counterpart") != std::string::npos);
    CHECK(fault_of("skipped.operations=x\n").find("\"x\" is not an operation") !=
          std::string::npos);
    CHECK(fault_of("{\"a\": ").find("not valid JSON") == 0);
    CHECK(fault_of("{\"a\": [1]}").find("a: is one value") == 0);
    CHECK(fault_of("") == "no properties found");
}

TEST_CASE("Java's properties have their own escapes") {
    const auto read =
        read_connector("! comment\r\n  a\\ b = c \\u00e4\\n\nx:y\nz 1\nempty\nl=1,\\\n   2\n");
    const std::map<std::string, std::string> expected = {
        {"a b", "c ä\n"}, {"x", "y"}, {"z", "1"}, {"empty", ""}, {"l", "1,2"}};
    CHECK(read.properties == expected);
}

}  // namespace walferry::config::test
