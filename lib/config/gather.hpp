#pragma once

#include "lib/config/keys.hpp"
#include "lib/config/load.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::config {

// A value that a source gives to a key, or to one entry of a map.
struct assignment {
    const key* of = nullptr;
    std::string entry;  // of a map: "bootstrap.servers"
    node value;
    std::string source;  // "walferry.yaml", "env WALFERRY_NAME", "--set"
};

// Finds out which key each value of the file, the environment and --set belongs to. Later sources
// win, value by value: maps are merged, lists and all else replaced. Values are not looked at.
class gatherer {
public:
    explicit gatherer(std::vector<problem>& wrong) : wrong_(wrong) {}

    void take_file(const std::string& name, std::string_view text);
    void take_environment(const std::map<std::string, std::string>& environment);
    void take_override(std::string_view text);

    // By the name of the key or entry.
    const std::map<std::string, assignment>& assignments() const { return assignments_; }

private:
    void begin(std::string source, bool refuse_twice);
    void take_text(const std::string& name, const std::string& text);
    void walk(const std::string& name, const node& map);
    void take(const std::string& name, const label& written, const node& value);
    void take_section(const std::string& name, const node& value);
    void take_key(const key& of, const node& value);
    void assign(const key& of, const std::string& entry, const node& value);
    void complain(const place& at, std::string message);

    std::vector<problem>& wrong_;
    std::map<std::string, assignment> assignments_;
    std::string source_;  // that is being read
    bool refuses_twice_ = false;
    std::set<std::string> seen_;  // in it
};

// The name of the key that a variable like WALFERRY_SINK__KAFKA__BOOTSTRAP_SERVERS names.
std::string name_of_variable(std::string_view variable);

// Variables that start with WALFERRY_ but mean something else: WALFERRY_CONFIG, those of our tests,
// and what Kubernetes sets for a service of the name walferry.
bool is_foreign_variable(std::string_view variable);

}  // namespace walferry::config
