#pragma once

#include "lib/config/node.hpp"
#include "lib/config/settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::config {

enum class value_type {
    text,
    boolean,
    number,
    time_span,
    size,
    choice,
    text_list,
    patterns,       // a list
    properties,     // a map from dotted names of Kafka or librdkafka to texts
    columns_map,    // a map from a table pattern to a list of columns
    mask_rules,     // a list of maps
    rewrite_rules,  // a list of maps
    toggle,         // a section that is switched on by being there, or by true and false
};

// How one value of the configuration is read from a node into `settings`, and back.
struct field {
    value_type type = value_type::text;
    std::string_view noun;  // of a choice: "a format"
    std::vector<std::string_view> choices;
    std::optional<std::int64_t> least;  // in bytes, milliseconds or as counted
    std::optional<std::int64_t> most;
    bool toggles = false;  // of properties: being there switches a section on
    std::function<void(settings&, const node&, faults&)> write;
    std::function<node(const settings&)> read;
};

// Whether single entries of the value have a name of their own: `sink.kafka.bootstrap.servers`.
bool is_map(value_type type);

// Whether a value stands in YAML's flow notation when --set or the environment gives it.
bool is_structured(value_type type);

// "a duration", "true or false", "json | avro": the word for manuals.
std::string type_text(const field& of);

// "1 to 65535", "at least 1s", or nothing.
std::string range_text(const field& of);

}  // namespace walferry::config
