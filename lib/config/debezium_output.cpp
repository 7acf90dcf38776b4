// Where events go and how they are written: converters, the producer, and whatever is left.
#include "lib/config/debezium_draft.hpp"
#include "lib/config/kafka_properties.hpp"

#include <array>
#include <utility>

namespace walferry::config {
namespace {

std::string last_word(const std::string& name) {
    return name.substr(name.rfind('.') + 1);
}

void set_encoding(debezium_draft& draft, std::string_view property, std::string text) {
    draft.set(property, "events.encoding", text_node(std::move(text)));
}

// CloudEvents: schemas stand inside of `data`; the rest is JSON or has no counterpart.
void convert_cloud_events(debezium_draft& draft) {
    draft.set("value.converter", "events.format", text_node("cloudevents"));
    for (const char* property :
         {"value.converter.serializer.type", "value.converter.data.serializer.type"}) {
        const std::string type = draft.take(property).value_or("json");
        if (type != "json") {
            draft.complain(property, "\"" + type + "\" has no counterpart (json)");
        }
    }
    const auto schemas = draft.take("value.converter.json.schemas.enable");
    set_encoding(draft, "value.converter", schemas == "false" ? "json" : "json-schema");
}

// Keys are written as values are.
void compare_key_schemas(debezium_draft& draft, const std::string& value_schemas) {
    const auto key = draft.take("key.converter");
    const auto schemas = draft.take("key.converter.schemas.enable");
    const bool differ = (schemas.value_or("true") == "false") != (value_schemas == "false");
    if (key && last_word(*key) == "JsonConverter" && differ) {
        draft.note("key.converter.schemas.enable",
                   "keys have a schema when values have one: events.encoding");
    }
}

void convert_converter(debezium_draft& draft) {
    const auto server = draft.take("debezium.format.value");
    const std::string kind =
        last_word(server ? *server : draft.take("value.converter").value_or(""));
    const std::string schemas = draft.take("value.converter.schemas.enable").value_or("true");
    if (kind == "CloudEventsConverter" || kind == "cloudevents") {
        const auto& left = draft.left();
        const auto inside = left.find("value.converter.json.schemas.enable");
        compare_key_schemas(draft, inside == left.end() ? "true" : inside->second);
        convert_cloud_events(draft);
        return;
    }
    compare_key_schemas(draft, schemas);
    if (kind == "JsonConverter" || kind == "json") {
        set_encoding(draft, "value.converter", schemas == "false" ? "json" : "json-schema");
    } else if (kind == "AvroConverter" || kind == "avro") {
        set_encoding(draft, "value.converter", "avro");
    } else if (kind.empty()) {
        draft.note("value.converter", "is set at the Connect worker; see events.encoding");
    } else if (kind == "StringConverter" || kind == "BinaryDataConverter" ||
               kind == "ByteArrayConverter") {
        if (draft.has("route.outbox.table")) {
            draft.set("value.converter", "route.outbox.raw", literal_node("true"));
        } else {
            draft.note("value.converter", kind + " is for outbox payloads; see events.encoding");
        }
    } else {
        draft.complain("value.converter",
                       "\"" + kind +
                           "\" has no counterpart (JsonConverter | AvroConverter | "
                           "CloudEventsConverter)");
    }
}

// The text between the quotes behind `name=` in a JAAS configuration.
std::string jaas_value(const std::string& jaas, const std::string& name) {
    const std::size_t start = jaas.find(name + "=\"");
    if (start == std::string::npos) {
        return {};
    }
    const std::size_t from = start + name.size() + 2;
    const std::size_t end = jaas.find('"', from);
    return end == std::string::npos ? std::string{} : jaas.substr(from, end - from);
}

void set_property(debezium_draft& draft, const std::string& property, const std::string& name,
                  const std::string& value) {
    if (const std::string reason = refusal_of(name, value, false); !reason.empty()) {
        draft.note(property, reason);
        return;
    }
    draft.set(property, "sink.kafka", text_node(value), name);
}

// Properties of Java's producer under librdkafka's names.
void convert_producer(debezium_draft& draft, const std::string& property, const std::string& name,
                      const std::string& value) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 17> names = {{
        {"acks", "acks"},
        {"batch.size", "batch.size"},
        {"bootstrap.servers", "bootstrap.servers"},
        {"client.id", "client.id"},
        {"compression.type", "compression.type"},
        {"delivery.timeout.ms", "delivery.timeout.ms"},
        {"enable.idempotence", "enable.idempotence"},
        {"linger.ms", "linger.ms"},
        {"max.in.flight.requests.per.connection", "max.in.flight.requests.per.connection"},
        {"max.request.size", "message.max.bytes"},
        {"request.timeout.ms", "request.timeout.ms"},
        {"retry.backoff.ms", "retry.backoff.ms"},
        {"sasl.mechanism", "sasl.mechanisms"},
        {"security.protocol", "security.protocol"},
        {"ssl.endpoint.identification.algorithm", "ssl.endpoint.identification.algorithm"},
        {"ssl.keystore.location", "ssl.keystore.location"},
        {"ssl.keystore.password", "ssl.keystore.password"},
    }};
    for (const auto& [java, ours] : names) {
        if (java == name) {
            set_property(draft, property, std::string{ours}, value);
            return;
        }
    }
    if (name == "sasl.jaas.config" && !jaas_value(value, "username").empty()) {
        set_property(draft, property, "sasl.username", jaas_value(value, "username"));
        set_property(draft, property, "sasl.password", jaas_value(value, "password"));
    } else if (name.starts_with("ssl.truststore.")) {
        draft.note(property, "librdkafka reads PEM: sink.kafka: ssl.ca.location");
    } else if (!name.ends_with(".serializer")) {
        draft.note(property, "is a property of Java's producer; see librdkafka's CONFIGURATION.md");
    }
}

}  // namespace

void convert_output(debezium_draft& draft) {
    convert_converter(draft);
    constexpr std::string_view prefix = "producer.override.";
    const std::map<std::string, std::string> all = draft.left();
    for (const auto& [property, value] : all) {
        if (property.starts_with(prefix)) {
            draft.take(property);
            convert_producer(draft, property, property.substr(prefix.size()), value);
        }
    }
    if (!all.contains("producer.override.bootstrap.servers")) {
        draft.set("bootstrap.servers", "sink.kafka", text_node("localhost:9092"),
                  "bootstrap.servers");
        draft.remark("sink.kafka", "put the brokers here: they are set at the Connect worker");
    }
}

}  // namespace walferry::config
