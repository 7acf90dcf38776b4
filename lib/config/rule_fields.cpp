// The two keys whose values are lists of maps: events.masks and topics.rewrite.
#include "lib/config/make_field.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace walferry::config {
namespace {

// Calls `take` for each map of the list whose keys are all among `names`.
template <typename reader>
void each_rule(const node& from, std::initializer_list<std::string_view> names, faults& wrong,
               reader take) {
    if (from.what != node::kind::list) {
        wrong.push_back({from.at, "is a list of rules: [{…}]"});
        return;
    }
    for (const node& rule : from.items) {
        if (rule.what != node::kind::map) {
            wrong.push_back({rule.at, "a rule is a map: {…}"});
            continue;
        }
        const std::size_t before = wrong.size();
        for (const label& name : rule.names) {
            if (std::find(names.begin(), names.end(), name.text) == names.end()) {
                wrong.push_back({name.at, not_a_choice(name.text, "a key of a rule",
                                                       std::vector<std::string_view>(names))});
            }
        }
        if (wrong.size() == before) {
            take(rule);
        }
    }
}

std::string text_of(const node& rule, std::string_view name, faults& wrong) {
    const node* value = find(rule, name);
    const std::string* text = value == nullptr ? nullptr : scalar_of(*value, wrong);
    return text == nullptr ? "" : *text;
}

void read_length(const node& rule, std::string_view name, mask_rule::kind what, mask_rule& into,
                 faults& wrong) {
    constexpr std::int64_t length_max = 1'000'000;
    into.what = what;
    const parsed<std::int64_t> length = parse_number(text_of(rule, name, wrong));
    if (!length || *length < 0 || *length > length_max) {
        wrong.push_back({find(rule, name)->at, std::string{name} + " is a number, 0 to 1000000"});
        return;
    }
    into.length = static_cast<int>(*length);
}

void read_hash(const node& rule, mask_rule& into, faults& wrong) {
    static const std::vector<std::string_view> algorithms = {
        "SHA-256", "SHA-384", "SHA-512", "SHA-224", "SHA-1", "MD5", "SHA3-256", "SHA3-512"};
    into.what = mask_rule::kind::hash;
    into.algorithm = text_of(rule, "hash", wrong);
    into.salt = text_of(rule, "salt", wrong);
    if (std::find(algorithms.begin(), algorithms.end(), into.algorithm) == algorithms.end()) {
        wrong.push_back(
            {find(rule, "hash")->at, not_a_choice(into.algorithm, "a hash function", algorithms)});
    }
}

mask_rule mask_of(const node& rule, faults& wrong) {
    mask_rule made;
    const node* names = find(rule, "columns");
    if (names != nullptr) {
        made.columns = patterns_of(*names, pattern_subject::column, wrong);
    }
    if (names == nullptr || names->items.empty()) {
        wrong.push_back({rule.at, "a mask needs columns: a list of patterns schema.table.column"});
    }
    const std::array kinds = {find(rule, "fixed"), find(rule, "hash"), find(rule, "truncate")};
    if (std::count(kinds.begin(), kinds.end(), nullptr) != 2) {
        wrong.push_back({rule.at, "a mask has one of fixed, hash and truncate"});
    } else if (kinds[0] != nullptr) {
        read_length(rule, "fixed", mask_rule::kind::fixed, made, wrong);
    } else if (kinds[1] != nullptr) {
        read_hash(rule, made, wrong);
    } else {
        read_length(rule, "truncate", mask_rule::kind::truncate, made, wrong);
    }
    if (find(rule, "salt") != nullptr && kinds[1] == nullptr) {
        wrong.push_back({rule.at, "salt belongs to hash"});
    }
    return made;
}

}  // namespace

std::vector<mask_rule> masks_of(const node& from, faults& wrong) {
    std::vector<mask_rule> masks;
    each_rule(from, {"columns", "fixed", "hash", "salt", "truncate"}, wrong,
              [&](const node& rule) { masks.push_back(mask_of(rule, wrong)); });
    return masks;
}

node write_masks(const std::vector<mask_rule>& from) {
    node made;
    made.what = node::kind::list;
    for (const mask_rule& mask : from) {
        node rule = map_node();
        put(rule, "columns", list_node(mask.columns));
        if (mask.what == mask_rule::kind::hash) {
            put(rule, "hash", text_node(mask.algorithm));
            put(rule, "salt", text_node(mask.salt));
        } else {
            put(rule, mask.what == mask_rule::kind::fixed ? "fixed" : "truncate",
                literal_node(std::to_string(mask.length)));
        }
        made.items.push_back(std::move(rule));
    }
    return made;
}

std::vector<topic_settings::rewrite_rule> rewrites_of(const node& from, faults& wrong) {
    std::vector<topic_settings::rewrite_rule> rewrites;
    each_rule(from, {"match", "replace"}, wrong, [&](const node& rule) {
        if (find(rule, "match") == nullptr || find(rule, "replace") == nullptr) {
            wrong.push_back({rule.at, "a rule needs match and replace"});
            return;
        }
        const std::string match = text_of(rule, "match", wrong);
        const std::string replace = text_of(rule, "replace", wrong);
        if (const std::string why = regex_fault(match, replace); !why.empty()) {
            wrong.push_back({find(rule, "match")->at, "\"" + match + "\" " + why});
        }
        rewrites.push_back({match, replace});
    });
    return rewrites;
}

node write_rewrites(const std::vector<topic_settings::rewrite_rule>& from) {
    node made;
    made.what = node::kind::list;
    for (const topic_settings::rewrite_rule& rule : from) {
        node one = map_node();
        put(one, "match", text_node(rule.match));
        put(one, "replace", text_node(rule.replace));
        made.items.push_back(std::move(one));
    }
    return made;
}

}  // namespace walferry::config
