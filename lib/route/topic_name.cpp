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

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
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
    std::string topic = rules_->pattern;
    replace_all(topic, "{name}", rules_->name);
    replace_all(topic, "{schema}", schema);
    replace_all(topic, "{table}", table);
    for (const auto& rule : rules_->rewrites) {
        if (RE2::FullMatch(topic, *rule.match)) {
            RE2::Replace(&topic, *rule.match, rule.replace);
            break;
        }
    }
    return legal_topic_name(topic);
}

}  // namespace walferry::route
