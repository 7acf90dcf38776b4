#include "lib/route/topic_name.hpp"

#include <re2/re2.h>

#include <utility>
#include <vector>

namespace walferry::route {
namespace {

bool is_legal(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

// A character of several bytes becomes one `_`; an emoji, two UTF-16 units to Debezium, two.
std::size_t replacements(unsigned char first_byte) {
    if ((first_byte & 0xc0) == 0x80) {
        return 0;
    }
    return first_byte >= 0xf0 ? 2 : 1;
}

// In one pass: what a schema or a table is called is not looked through for further words.
std::string expand(std::string_view pattern, std::string_view name, std::string_view schema,
                   std::string_view table) {
    const std::pair<std::string_view, std::string_view> words[] = {
        {"{name}", name}, {"{schema}", schema}, {"{table}", table}};
    std::string text;
    while (!pattern.empty()) {
        std::string_view taken = pattern.substr(0, 1);
        std::string_view written = taken;
        for (const auto& [word, meaning] : words) {
            if (pattern.substr(0, word.size()) == word) {
                taken = word;
                written = meaning;
            }
        }
        text += written;
        pattern.remove_prefix(taken.size());
    }
    return text;
}

// Replaces the whole text, if the whole text matches. RE2::Replace would replace the first match it
// finds, which may be shorter.
bool rewrite_whole(std::string& text, const RE2& match, const std::string& replacement) {
    std::vector<re2::StringPiece> groups(static_cast<std::size_t>(match.NumberOfCapturingGroups()) +
                                         1);
    if (!match.Match(text, 0, text.size(), RE2::ANCHOR_BOTH, groups.data(),
                     static_cast<int>(groups.size()))) {
        return false;
    }
    std::string made;
    match.Rewrite(&made, replacement, groups.data(), static_cast<int>(groups.size()));
    text = std::move(made);
    return true;
}

}  // namespace

std::string legal_topic_name(std::string_view name) {
    std::string legal;
    for (char c : name) {
        if (is_legal(c)) {
            legal += c;
        } else {
            legal.append(replacements(static_cast<unsigned char>(c)), '_');
        }
    }
    return legal.substr(0, topic_name_max);
}

struct topic_namer::rules {
    struct rewrite {
        std::unique_ptr<RE2> match;
        std::string replace;
    };

    std::string name;
    std::string pattern;
    std::vector<rewrite> rewrites;
};

topic_namer::topic_namer(std::unique_ptr<rules> ready) : rules_(std::move(ready)) {}
topic_namer::topic_namer(topic_namer&&) noexcept = default;
topic_namer& topic_namer::operator=(topic_namer&&) noexcept = default;
topic_namer::~topic_namer() = default;

result<topic_namer> topic_namer::make(std::string name, const config::topic_settings& topics) {
    auto ready = std::make_unique<rules>();
    ready->name = std::move(name);
    ready->pattern = topics.name;
    for (const auto& rule : topics.rewrite) {
        auto match = std::make_unique<RE2>(rule.match, RE2::Quiet);
        std::string fault;
        if (!match->ok() || !match->CheckRewriteString(rule.replace, &fault)) {
            return fail(error_kind::config_invalid, "topics.rewrite: \"" + rule.match + "\": " +
                                                        (match->ok() ? fault : match->error()));
        }
        ready->rewrites.push_back({std::move(match), rule.replace});
    }
    return topic_namer{std::move(ready)};
}

std::string topic_namer::topic_of(std::string_view schema, std::string_view table) const {
    std::string topic = expand(rules_->pattern, rules_->name, schema, table);
    for (const auto& rule : rules_->rewrites) {
        if (rewrite_whole(topic, *rule.match, rule.replace)) {
            break;
        }
    }
    return legal_topic_name(topic);
}

}  // namespace walferry::route
