#include "tests/unit/encode/table.hpp"

#include <catch2/catch.hpp>

using namespace ::test;
using change::operation;
using pgoutput::old_row;

namespace {

// id int not null, v of a type, nullable.
table with_schema(change::oid type, std::int32_t modifier = -1) {
    table t{{{"id", 23, -1, true}, {"v", type, modifier, false}}};
    t.events.encoding = config::event_encoding::json_schema;
    return t;
}

void describe(table& t, std::vector<change::column_description> columns) {
    change::table_description found;
    found.id = 1;
    found.schema = "public";
    found.name = "t";
    found.columns = std::move(columns);
    t.types.put(found);
    t.shape.description = t.types.table(1);
}

change::column_description column(std::string name, bool not_null, std::string by_default = {}) {
    change::column_description made;
    made.name = std::move(name);
    made.not_null = not_null;
    made.default_expression = std::move(by_default);
    return made;
}

json fields_by_name(const json& schema) {
    json made;
    for (const auto& field : schema["fields"]) {
        made[field["field"].get<std::string>()] = field;
    }
    return made;
}

// The schema of column v in the row after a change.
json schema_of(table& t) {
    auto value = t.insert({text("1"), null()}).at(0).parsed();
    return fields_by_name(fields_by_name(value["schema"])["after"])["v"];
}

json schema_of(change::oid type, std::int32_t modifier = -1) {
    auto t = with_schema(type, modifier);
    return schema_of(t);
}

json default_of(change::oid type, std::string expression, std::int32_t modifier = -1) {
    auto t = with_schema(type, modifier);
    describe(t, {column("id", true), column("v", false, std::move(expression))});
    auto schema = schema_of(t);
    return schema.contains("default") ? schema["default"] : json("(none)");
}

}  // namespace

TEST_CASE("key and value have their schema beside them") {
    auto t = with_schema(25);
    describe(t, {column("id", true), column("v", false)});
    auto made = t.insert({text("1"), text("x")}).at(0);
    auto key = json::parse(*made.key);
    CHECK(key["payload"] == json{{"id", 1}});
    CHECK(key["schema"] ==
          json{{"type", "struct"},
               {"fields", {{{"type", "int32"}, {"optional", false}, {"field", "id"}}}},
               {"optional", false},
               {"name", "shop.public.t.Key"}});
    CHECK(made.partition_key == made.key);
    auto value = made.parsed();
    CHECK(value["payload"]["after"] == json{{"id", 1}, {"v", "x"}});
    CHECK(value["schema"]["name"] == "shop.public.t.Envelope");
    CHECK(value["schema"]["version"] == 2);
    auto fields = fields_by_name(value["schema"]);
    CHECK(fields["after"]["name"] == "shop.public.t.Value");
    CHECK(fields["after"]["optional"] == true);
    CHECK(fields["source"]["name"] == "io.debezium.connector.postgresql.Source");
    CHECK(fields_by_name(fields["source"])["tx_seq"]["type"] == "int64");
    for (const auto& [name, member] : value["payload"].items()) {
        CHECK(fields.contains(name));
    }
}

TEST_CASE("header keys of a key change have no schema, tombstones are null") {
    auto t = with_schema(25);
    auto change = t.base(operation::update);
    std::vector<pgoutput::column_value> before{text("1"), null()};
    std::vector<pgoutput::column_value> after{text("2"), text("x")};
    change.before_kind = old_row::key;
    change.before = before;
    change.after = after;
    auto made = t.encode(change).value();
    REQUIRE(made.size() == 3);
    CHECK(made[0].headers.at(0) ==
          std::pair<std::string, std::string>{"__debezium.newkey", R"({"id":2})"});
    CHECK_FALSE(made[1].value.has_value());
    CHECK(json::parse(*made[2].key)["payload"] == json{{"id", 2}});
}

TEST_CASE("columns that PostgreSQL does not send of an old row are optional before") {
    auto t = with_schema(25);
    describe(t, {column("id", true), column("v", true)});
    auto schema = t.insert({text("1"), text("x")}).at(0).parsed()["schema"];
    auto fields = fields_by_name(schema);
    CHECK(fields_by_name(fields["before"])["v"]["optional"] == true);
    CHECK(fields_by_name(fields["before"])["id"]["optional"] == false);
    CHECK(fields_by_name(fields["after"])["v"]["optional"] == false);
}

TEST_CASE("names of schemas are adjusted, their dots stay") {
    auto t = with_schema(25);
    t.shape.topic = "shop.public.t-1";
    t.events.names = config::name_adjustment::avro;
    CHECK(t.insert({text("1"), null()}).at(0).parsed()["schema"]["name"] ==
          "shop.public.t_1.Envelope");
}

TEST_CASE("schemas of types") {
    CHECK(schema_of(20) == json{{"type", "int64"}, {"optional", true}, {"field", "v"}});
    CHECK(schema_of(700)["type"] == "float");
    CHECK(schema_of(701)["type"] == "double");
    CHECK(schema_of(1700, (8 << 16 | 3) + 4) ==
          json{{"type", "bytes"},
               {"optional", true},
               {"name", "org.apache.kafka.connect.data.Decimal"},
               {"version", 1},
               {"parameters", {{"scale", "3"}, {"connect.decimal.precision", "8"}}},
               {"field", "v"}});
    CHECK(schema_of(1700)["name"] == "io.debezium.data.VariableScaleDecimal");
    CHECK(schema_of(600)["doc"] == "Geometry (POINT)");
    CHECK(schema_of(1560, 3)["parameters"]["length"] == "3");
    CHECK(schema_of(1114, 3)["name"] == "io.debezium.time.Timestamp");
    auto list = schema_of(1007);
    CHECK(list["type"] == "array");
    CHECK(list["items"] == json{{"type", "int32"}, {"optional", true}});
}

TEST_CASE("an enum says which labels it has, a map what it holds") {
    auto t = with_schema(9000);
    t.types.put({9000, "public", "mood", 'e', 0, 0, -1, 0, ',', {"a", "b,c"}, {}});
    CHECK(schema_of(t)["parameters"]["allowed"] == "a,b,c");
    auto h = with_schema(9001);
    h.types.put({9001, "public", "hstore", 'b', 0, 0, -1, 0, ',', {}, {}});
    h.events.hstore = config::hstore_mode::map;
    auto map = schema_of(h);
    CHECK(map["keys"] == json{{"type", "string"}, {"optional", false}});
    CHECK(map["values"] == json{{"type", "string"}, {"optional", true}});
}

TEST_CASE("constants are defaults") {
    CHECK(default_of(23, "7") == 7);
    CHECK(default_of(23, "'-7'::integer") == -7);
    CHECK(default_of(16, "true") == true);
    CHECK(default_of(25, "'it''s'::text") == "it's");
    CHECK(default_of(25, "E'a\\\\b'::text") == "a\\b");
    CHECK(default_of(1700, "1.25", (8 << 16 | 3) + 4) == "BOI=");
    CHECK(default_of(1082, "'2020-01-01'::date") == 18262);
    CHECK(default_of(3802, "'{}'::jsonb") == "{}");
    CHECK(default_of(1560, "B'1'::\"bit\"", 1) == true);
}

TEST_CASE("a function is the zero of its type") {
    CHECK(default_of(23, "nextval('t_id_seq'::regclass)") == 0);
    CHECK(default_of(1114, "now()") == 0);
    CHECK(default_of(1114, "CURRENT_TIMESTAMP") == 0);
    CHECK(default_of(25, "upper('x'::text)") == "");
    CHECK(default_of(2950, "gen_random_uuid()") == "00000000-0000-0000-0000-000000000000");
    CHECK(default_of(1184, "now()") == "1970-01-01T00:00:00.000000Z");
}

TEST_CASE("other expressions, and types without defaults, have none") {
    CHECK(default_of(23, "(1 + 1)") == "(none)");
    CHECK(default_of(23, "1.5") == "(none)");
    CHECK(default_of(25, "('a'::text || 'b'::text)") == "(none)");
    CHECK(default_of(25, "CURRENT_USER") == "(none)");
    CHECK(default_of(25, "NULL::text") == "(none)");
    CHECK(default_of(17, "'\\x01'::bytea") == "(none)");
    CHECK(default_of(1007, "'{1}'::integer[]") == "(none)");
    CHECK(default_of(1700, "2.5") == "(none)");
    CHECK(default_of(790, "'3'::money") == "(none)");
}

TEST_CASE("comments, source types and masks show in the schema") {
    auto t = with_schema(1043, 16);
    auto v = column("v", false);
    v.comment = "the ä column";
    describe(t, {column("id", true), v});
    t.events.schema_comments = true;
    t.events.schema_source_types = {"public.t.*"};
    config::mask_rule rule;
    rule.what = config::mask_rule::kind::truncate;
    rule.length = 3;
    t.shape.masks = {nullptr, &rule};
    auto schema = schema_of(t);
    CHECK(schema["doc"] == "the ä column");
    CHECK(schema["parameters"] == json{{"truncateLength", "3"},
                                       {"__debezium.source.column.type", "VARCHAR"},
                                       {"__debezium.source.column.length", "12"},
                                       {"__debezium.source.column.scale", "0"},
                                       {"__debezium.source.column.name", "v"}});
}

TEST_CASE("heartbeats and messages have schemas, too") {
    auto t = with_schema(25);
    encode::heartbeat_encoder heart{t.global};
    auto beat = heart.encode(t.now.wall);
    CHECK(json::parse(*beat.what.value)["schema"]["name"] ==
          "io.debezium.connector.common.Heartbeat");
    CHECK(json::parse(*beat.what.key)["payload"] == json{{"serverName", "shop"}});
    auto messages = encode::make_message_encoder(t.global).value();
    pgoutput::logical_message message;
    message.prefix = "p";
    message.content = "c";
    auto change = t.base(operation::message);
    change.message = &message;
    collector out;
    REQUIRE(messages->encode(change, t.now, out));
    CHECK(out.records.at(0).parsed()["payload"]["message"]["content"] == "Yw==");
    CHECK(json::parse(*out.records[0].key)["schema"]["name"] ==
          "io.debezium.connector.postgresql.MessageKey");
}

TEST_CASE("a column that is NOT NULL today is optional from the first row that has NULL there") {
    auto t = with_schema(25);
    describe(t, {column("id", true), column("v", true)});
    auto optional = [](const taken& record) {
        auto envelope = fields_by_name(record.parsed()["schema"]);
        return fields_by_name(envelope["after"])["v"]["optional"];
    };
    CHECK(optional(t.insert({text("1"), text("x")}).at(0)) == false);
    auto older = t.insert({text("2"), null()}).at(0);
    CHECK(optional(older) == true);
    CHECK(older.parsed()["payload"]["after"]["v"].is_null());
    CHECK(optional(t.insert({text("3"), text("y")}).at(0)) == true);
    CHECK(fields_by_name(json::parse(*older.key)["schema"])["id"]["optional"] == false);
}

TEST_CASE("so it is by an old row that is known whole, and not by one that is only a key") {
    auto t = with_schema(25);
    describe(t, {column("id", true), column("v", true)});
    auto gone = t.base(operation::delete_row);
    std::vector<pgoutput::column_value> row{text("1"), null()};
    gone.before = row;
    gone.before_kind = old_row::key;
    REQUIRE(t.encode(gone));
    auto after_of = [&] {
        auto value = t.insert({text("1"), text("x")}).at(0).parsed();
        return fields_by_name(fields_by_name(value["schema"])["after"])["v"]["optional"];
    };
    CHECK(after_of() == false);
    gone.before_kind = old_row::full;
    REQUIRE(t.encode(gone));
    CHECK(after_of() == true);
}
