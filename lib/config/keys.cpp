#include "lib/config/keys.hpp"

#include "lib/config/nearest.hpp"

#include <utility>

namespace walferry::config {
namespace {

template <typename row>
const row* find_row(const std::vector<row>& rows, std::string_view name) {
    for (const row& one : rows) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

bool is_under(std::string_view name, std::string_view parent) {
    return name.size() > parent.size() + 1 && name.starts_with(parent) &&
           name[parent.size()] == '.';
}

}  // namespace

std::vector<key> join_keys(std::initializer_list<std::vector<key> (*)()> parts) {
    std::vector<key> all;
    for (const auto part : parts) {
        for (key& one : part()) {
            all.push_back(std::move(one));
        }
    }
    return all;
}

const std::vector<key>& all_keys() {
    static const std::vector<key> all = join_keys(
        {general_keys, source_keys, sink_keys, event_keys, topic_keys, route_keys, service_keys});
    return all;
}

const std::vector<section>& all_sections() {
    static const std::vector<section> all = {
        {"source", "Where changes come from: a PostgreSQL database."},
        {"source.catch_up", "Decoding a large backlog by several backends in parallel."},
        {"source.spool", "Where transactions that are not committed yet wait (source.streaming)."},
        {"sink", "Where events go: Kafka, or stdout when no sink is named."},
        {"sink.stdout", "Newline-delimited JSON on standard output."},
        {"events", "What an event looks like."},
        {"events.flatten", "Publish the row alone instead of the envelope."},
        {"topics", "Which topics there are, and how they are made."},
        {"route", "Tables that are not published as changes of rows."},
        {"route.outbox", "A transactional outbox: each inserted row becomes one message."},
        {"route.event_store", "An append-only table of events, published in order per stream."},
        {"snapshot", "Reading the rows that are there already."},
        {"http", "Health, metrics and the status page."},
        {"log", "The log on standard error."},
    };
    return all;
}

const key* find_key(std::string_view name) {
    return find_row(all_keys(), name);
}

const section* find_section(std::string_view name) {
    return find_row(all_sections(), name);
}

const key* find_map_key(std::string_view name) {
    const key* found = nullptr;
    for (const key& one : all_keys()) {
        const bool longer = found == nullptr || one.name.size() > found->name.size();
        if (is_map(one.how.type) && longer && is_under(name, one.name)) {
            found = &one;
        }
    }
    return found;
}

const key* find_toggle(std::string_view name) {
    for (const key& one : all_keys()) {
        if (one.how.toggles && (name == one.name || is_under(name, one.name))) {
            return &one;
        }
    }
    return nullptr;
}

std::string did_you_mean_key(std::string_view wrong) {
    std::vector<std::string_view> names;
    for (const key& one : all_keys()) {
        names.push_back(one.name);
    }
    for (const section& one : all_sections()) {
        names.push_back(one.name);
    }
    std::string near = did_you_mean(wrong, names);
    for (std::size_t i = 0; i < names.size() && near.empty(); ++i) {
        if (last_part(names[i]) == last_part(wrong)) {
            near = "; did you mean \"" + std::string{names[i]} + "\"?";
        }
    }
    return near;
}

std::string default_of(const key& of) {
    return of.default_text.empty() ? to_flow(of.how.read(settings{}))
                                   : std::string{of.default_text};
}

std::string_view section_of(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
}

std::string_view last_part(std::string_view name) {
    return name.substr(name.rfind('.') + 1);
}

}  // namespace walferry::config
