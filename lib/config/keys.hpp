#pragma once

#include "lib/config/field.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::config {

// What `config show` hides of a value.
enum class secrecy {
    open,
    hidden,            // all of it
    url_password,      // the password inside a connection string
    property_by_name,  // the properties whose names say that they are secret
    salt,              // the salts of masks
};

// One row of the table of keys, the only place that knows what can be configured: loading, the
// reference, the JSON Schema, `config show` and the manual all go through it.
struct key {
    std::string_view name;  // dotted: "source.slot"
    field how;
    std::string_view text;               // what it is for, in one line
    std::string_view example;            // in YAML
    std::string_view default_text = {};  // when the default is derived, not what settings.hpp says
    bool reloadable = false;             // SIGHUP applies it; all else needs a restart
    secrecy secret = secrecy::open;
};

// A map that groups keys.
struct section {
    std::string_view name;
    std::string_view text;
};

// All keys, grouped by section, in the order of the manual.
const std::vector<key>& all_keys();
const std::vector<section>& all_sections();

const key* find_key(std::string_view name);
const section* find_section(std::string_view name);

// The key of which the name is an entry: `sink.kafka` for `sink.kafka.bootstrap.servers`.
const key* find_map_key(std::string_view name);

// The innermost key with a switch that the name stands under: `events.flatten` for its parts.
const key* find_toggle(std::string_view name);

// `; did you mean "source.slot"?`, or nothing.
std::string did_you_mean_key(std::string_view wrong);

// The default, in YAML: what settings.hpp says, or in words what is derived.
std::string default_of(const key& of);

// The names before the last dot, and the name after it.
std::string_view section_of(std::string_view name);
std::string_view last_part(std::string_view name);

// The parts of the table.
std::vector<key> join_keys(std::initializer_list<std::vector<key> (*)()> parts);
std::vector<key> general_keys();
std::vector<key> source_keys();
std::vector<key> sink_keys();
std::vector<key> event_keys();
std::vector<key> topic_keys();
std::vector<key> route_keys();
std::vector<key> service_keys();

}  // namespace walferry::config
