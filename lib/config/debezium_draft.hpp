#pragma once

#include "lib/config/node.hpp"
#include "lib/config/pattern.hpp"
#include "lib/config/settings.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace walferry::config {

// A walferry.yaml in the making: takes properties away one by one and puts values in their place,
// which the table of keys checks. What nobody took is left at the end.
class debezium_draft {
public:
    explicit debezium_draft(std::map<std::string, std::string> properties)
        : left_(std::move(properties)) {}

    const std::map<std::string, std::string>& left() const { return left_; }
    std::optional<std::string> take(std::string_view property);

    // `entry` names a value inside a map key like sink.kafka.
    void set(std::string_view property, std::string_view key, node value,
             std::string_view entry = {});
    void append(std::string_view property, std::string_view key, std::vector<node> items);
    bool has(std::string_view key) const { return values_.contains(std::string{key}); }

    void remark(std::string_view key, std::string text) {
        remarks_[std::string{key}] = std::move(text);
    }
    void note(std::string_view property, std::string_view text);
    void complain(std::string_view property, std::string_view text);

    // What load() would refuse about values together becomes notes.
    void check_together();

    const std::vector<std::string>& wrong() const { return wrong_; }
    std::string yaml() const;

private:
    std::map<std::string, std::string> left_;
    std::map<std::string, node> values_;  // by key
    std::map<std::string, std::string> remarks_;
    std::vector<std::string> notes_;
    std::vector<std::string> wrong_;
    settings scratch_;
};

// At commas that no backslash takes away, without the blanks around.
std::vector<std::string> split_list(std::string_view text, char border = ',');

// A regular expression of Debezium as a pattern: a glob where it says the same, else /…/.
// What RE2 cannot do is a complaint about the property.
std::string pattern_of(debezium_draft& draft, std::string_view property, std::string_view regex,
                       pattern_subject subject);
node patterns_of_list(debezium_draft& draft, std::string_view property, std::string_view list,
                      pattern_subject subject, bool exclude = false);

// The chapters of the conversion.
void convert_connection(debezium_draft& draft);
void convert_filters(debezium_draft& draft);
void convert_modes(debezium_draft& draft);
void convert_transforms(debezium_draft& draft);
void convert_output(debezium_draft& draft);
void note_the_rest(debezium_draft& draft);

}  // namespace walferry::config
