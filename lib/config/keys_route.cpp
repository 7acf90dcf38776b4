#include "lib/config/keys.hpp"
#include "lib/config/make_field.hpp"

namespace walferry::config {
namespace {

std::vector<key> outbox_column_keys() {
    return {
        {.name = "route.outbox.table",
         .how = table_pattern(WALFERRY_AT(route.outbox.table)),
         .text = "Pattern of the outbox tables; empty: no outbox.",
         .example = "public.outbox"},
        {.name = "route.outbox.id",
         .how = text(WALFERRY_AT(route.outbox.id)),
         .text = "Column of the message's identifier, published as the header id.",
         .example = "id"},
        {.name = "route.outbox.key",
         .how = text(WALFERRY_AT(route.outbox.key)),
         .text = "Column of the record's key.",
         .example = "aggregateid"},
        {.name = "route.outbox.type",
         .how = text(WALFERRY_AT(route.outbox.type)),
         .text = "Column of the message's type.",
         .example = "type"},
        {.name = "route.outbox.payload",
         .how = text(WALFERRY_AT(route.outbox.payload)),
         .text = "Column of the record's value.",
         .example = "payload"},
        {.name = "route.outbox.timestamp",
         .how = text(WALFERRY_AT(route.outbox.timestamp)),
         .text = "Column of the record's time; empty: the commit's.",
         .example = "created_at"},
    };
}

std::vector<key> outbox_topic_keys() {
    return {
        {.name = "route.outbox.route_by",
         .how = text(WALFERRY_AT(route.outbox.route_by)),
         .text = "Column that decides about the topic.",
         .example = "aggregatetype"},
        {.name = "route.outbox.topic",
         .how = text(WALFERRY_AT(route.outbox.topic)),
         .text = "The topic; ${routedByValue} stands for the value of route_by.",
         .example = "\"outbox.event.${routedByValue}\""},
        {.name = "route.outbox.additional",
         .how = texts(WALFERRY_AT(route.outbox.additional)),
         .text = "More columns to publish: column:header or column:envelope, then :alias.",
         .example = "[\"tenant:header:x-tenant\"]"},
        {.name = "route.outbox.expand_json",
         .how = boolean(WALFERRY_AT(route.outbox.expand_json)),
         .text = "Publish a payload of JSON text as JSON.",
         .example = "true"},
        {.name = "route.outbox.raw",
         .how = boolean(WALFERRY_AT(route.outbox.raw)),
         .text = "Publish key and payload as their bytes are, not as JSON strings.",
         .example = "true"},
        {.name = "route.outbox.tombstone_on_empty",
         .how = boolean(WALFERRY_AT(route.outbox.tombstone_on_empty)),
         .text = "Publish a tombstone for an empty or null payload.",
         .example = "true"},
    };
}

std::vector<key> event_store_keys() {
    return {
        {.name = "route.event_store.table",
         .how = table_pattern(WALFERRY_AT(route.event_store.table)),
         .text = "Pattern of the event tables; empty: none.",
         .example = "public.events"},
        {.name = "route.event_store.stream",
         .how = text(WALFERRY_AT(route.event_store.stream)),
         .text = "Column of the stream's name; becomes the record's key.",
         .example = "stream"},
        {.name = "route.event_store.version",
         .how = text(WALFERRY_AT(route.event_store.version)),
         .text = "Column of the event's number in its stream.",
         .example = "version"},
        {.name = "route.event_store.type",
         .how = text(WALFERRY_AT(route.event_store.type)),
         .text = "Column of the event's type.",
         .example = "type"},
        {.name = "route.event_store.payload",
         .how = text(WALFERRY_AT(route.event_store.payload)),
         .text = "Column of the record's value.",
         .example = "payload"},
        {.name = "route.event_store.category",
         .how = text(WALFERRY_AT(route.event_store.category)),
         .text = "Column of the category; empty: the stream's name up to the first -.",
         .example = "category"},
        {.name = "route.event_store.topic",
         .how = text(WALFERRY_AT(route.event_store.topic)),
         .text = "The topic; {name} and {category} are filled in.",
         .example = "\"{name}.{category}\""},
        {.name = "route.event_store.additional",
         .how = texts(WALFERRY_AT(route.event_store.additional)),
         .text = "More columns to publish: column:header, then :alias.",
         .example = "[\"metadata:header\"]"},
        {.name = "route.event_store.pass_over",
         .how = text(WALFERRY_AT(route.event_store.pass_over)),
         .text = "Commit LSN of a transaction whose changes to history are passed over.",
         .example = "0/16B3748"},
    };
}

}  // namespace

std::vector<key> route_keys() {
    return join_keys({outbox_column_keys, outbox_topic_keys, event_store_keys});
}

}  // namespace walferry::config
