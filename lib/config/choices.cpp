#include "lib/config/choices.hpp"

namespace walferry::config {

template <>
const choice_list<event_format>& choices_of() {
    static const choice_list<event_format> list = {"a format",
                                                   {{event_format::debezium, "debezium"},
                                                    {event_format::plain, "plain"},
                                                    {event_format::cloudevents, "cloudevents"}}};
    return list;
}

template <>
const choice_list<event_encoding>& choices_of() {
    static const choice_list<event_encoding> list = {"an encoding",
                                                     {{event_encoding::json, "json"},
                                                      {event_encoding::json_schema, "json-schema"},
                                                      {event_encoding::avro, "avro"}}};
    return list;
}

template <>
const choice_list<decimal_mode>& choices_of() {
    static const choice_list<decimal_mode> list = {"a decimal mode",
                                                   {{decimal_mode::precise, "precise"},
                                                    {decimal_mode::double_precision, "double"},
                                                    {decimal_mode::string, "string"}}};
    return list;
}

template <>
const choice_list<time_mode>& choices_of() {
    static const choice_list<time_mode> list = {
        "a time mode",
        {{time_mode::adaptive, "adaptive"},
         {time_mode::adaptive_time_microseconds, "adaptive_time_microseconds"},
         {time_mode::connect, "connect"},
         {time_mode::isostring, "isostring"},
         {time_mode::microseconds, "microseconds"},
         {time_mode::nanoseconds, "nanoseconds"}}};
    return list;
}

template <>
const choice_list<binary_mode>& choices_of() {
    static const choice_list<binary_mode> list = {
        "a binary mode",
        {{binary_mode::bytes, "bytes"},
         {binary_mode::base64, "base64"},
         {binary_mode::base64_url_safe, "base64-url-safe"},
         {binary_mode::hex, "hex"}}};
    return list;
}

template <>
const choice_list<interval_mode>& choices_of() {
    static const choice_list<interval_mode> list = {
        "an interval mode",
        {{interval_mode::numeric, "numeric"}, {interval_mode::string, "string"}}};
    return list;
}

template <>
const choice_list<hstore_mode>& choices_of() {
    static const choice_list<hstore_mode> list = {
        "an hstore mode", {{hstore_mode::json, "json"}, {hstore_mode::map, "map"}}};
    return list;
}

template <>
const choice_list<unknown_types>& choices_of() {
    static const choice_list<unknown_types> list = {"a way to treat unknown types",
                                                    {{unknown_types::text, "text"},
                                                     {unknown_types::omit, "omit"},
                                                     {unknown_types::bytes, "bytes"}}};
    return list;
}

template <>
const choice_list<name_adjustment>& choices_of() {
    static const choice_list<name_adjustment> list = {
        "a name adjustment",
        {{name_adjustment::none, "none"},
         {name_adjustment::avro, "avro"},
         {name_adjustment::avro_unicode, "avro_unicode"}}};
    return list;
}

template <>
const choice_list<snapshot_mode>& choices_of() {
    static const choice_list<snapshot_mode> list = {"a snapshot mode",
                                                    {{snapshot_mode::initial, "initial"},
                                                     {snapshot_mode::never, "never"},
                                                     {snapshot_mode::only, "only"},
                                                     {snapshot_mode::when_needed, "when_needed"}}};
    return list;
}

template <>
const choice_list<delivery_mode>& choices_of() {
    static const choice_list<delivery_mode> list = {
        "a delivery guarantee",
        {{delivery_mode::at_least_once, "at_least_once"},
         {delivery_mode::exactly_once, "exactly_once"}}};
    return list;
}

template <>
const choice_list<poison_policy>& choices_of() {
    static const choice_list<poison_policy> list = {"a way to treat poison records",
                                                    {{poison_policy::stop, "stop"},
                                                     {poison_policy::dead_letter, "dead_letter"},
                                                     {poison_policy::skip, "skip"}}};
    return list;
}

template <>
const choice_list<log_format>& choices_of() {
    static const choice_list<log_format> list = {
        "a log format",
        {{log_format::automatic, "auto"}, {log_format::text, "text"}, {log_format::json, "json"}}};
    return list;
}

template <>
const choice_list<log_level>& choices_of() {
    static const choice_list<log_level> list = {"a log level",
                                                {{log_level::debug, "debug"},
                                                 {log_level::info, "info"},
                                                 {log_level::warning, "warning"},
                                                 {log_level::error, "error"}}};
    return list;
}

template <>
const choice_list<flatten_deletes>& choices_of() {
    static const choice_list<flatten_deletes> list = {
        "a way to treat deletes",
        {{flatten_deletes::drop, "drop"},
         {flatten_deletes::tombstone, "tombstone"},
         {flatten_deletes::rewrite, "rewrite"},
         {flatten_deletes::rewrite_with_tombstone, "rewrite-with-tombstone"},
         {flatten_deletes::delete_to_tombstone, "delete-to-tombstone"},
         {flatten_deletes::none, "none"}}};
    return list;
}

template <>
const choice_list<streaming_mode>& choices_of() {
    static const choice_list<streaming_mode> list = {"a streaming mode",
                                                     {{streaming_mode::off, "off"},
                                                      {streaming_mode::on, "on"},
                                                      {streaming_mode::parallel, "parallel"}}};
    return list;
}

}  // namespace walferry::config
