#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace walferry::config {

// Line and column in a text, both from 1. Zero: the value does not come from a file.
struct place {
    int line = 0;
    int column = 0;
};

struct label {
    std::string text;
    place at;
};

// One value of a YAML text, without YAML's own typing: a scalar keeps its characters, and the key
// that it is given to decides what `no`, `1.10` or `0777` mean. A plain value.
struct node {
    enum class kind { nothing, scalar, list, map };

    kind what = kind::nothing;
    std::string text;          // of a scalar
    bool literal = false;      // a number or boolean: never printed in quotes
    std::vector<label> names;  // of a map: names[i] belongs to items[i]
    std::vector<node> items;   // of a list or map
    place at;
};

struct fault {
    place at;
    std::string message;
};

using faults = std::vector<fault>;

node text_node(std::string text);
node literal_node(std::string text);
node list_node(const std::vector<std::string>& texts);
node map_node();
void put(node& map, std::string name, node value);
const node* find(const node& map, std::string_view name);

// YAML in one line that reads back as the same node.
std::string to_flow(const node& value);

// `12:5`, or nothing for a value that does not come from a file.
std::string to_string(const place& at);

}  // namespace walferry::config
