#include "lib/config/debezium_draft.hpp"

#include "lib/config/checks.hpp"
#include "lib/config/kafka_properties.hpp"
#include "lib/config/keys.hpp"
#include "lib/config/names.hpp"
#include "lib/config/outline.hpp"

#include <utility>

namespace walferry::config {

std::optional<std::string> debezium_draft::take(std::string_view property) {
    const auto taken = left_.extract(std::string{property});
    return taken.empty() ? std::nullopt : std::optional{taken.mapped()};
}

void debezium_draft::set(std::string_view property, std::string_view key, node value,
                         std::string_view entry) {
    const config::key* of = find_key(key);
    node given = std::move(value);
    if (!entry.empty()) {
        node& map = values_.try_emplace(std::string{key}, map_node()).first->second;
        put(map, std::string{entry}, std::move(given));
        given = map;
    }
    faults found;
    of->how.write(scratch_, given, found);
    for (const fault& one : found) {
        complain(property, one.message);
    }
    values_[std::string{key}] = std::move(given);
}

void debezium_draft::append(std::string_view property, std::string_view key,
                            std::vector<node> items) {
    node list = list_node({});
    if (const auto found = values_.find(std::string{key}); found != values_.end()) {
        list = found->second;
    }
    for (node& item : items) {
        list.items.push_back(std::move(item));
    }
    set(property, key, std::move(list));
}

void debezium_draft::note(std::string_view property, std::string_view text) {
    notes_.push_back(std::string{property} + ": " + std::string{text});
}

void debezium_draft::complain(std::string_view property, std::string_view text) {
    wrong_.push_back(std::string{property} + ": " + std::string{text});
}

void debezium_draft::check_together() {
    scratch_.sink.kafka.enabled = true;
    fill_names(scratch_, {});
    for (const complaint& one : check(scratch_, false)) {
        if (values_.erase(one.key) != 0) {
            note(one.key, "left out: " + one.message);
        } else {
            complain(one.key, one.message);
        }
    }
}

std::string debezium_draft::yaml() const {
    outline lines;
    for (const key& of : all_keys()) {
        const auto found = values_.find(std::string{of.name});
        if (found == values_.end()) {
            continue;
        }
        const auto said = remarks_.find(found->first);
        const std::string remark = said == remarks_.end() ? "" : said->second;
        const node& value = found->second;
        if (of.how.type == value_type::properties) {
            for (std::size_t i = 0; i < value.items.size(); ++i) {
                lines.put(of.name, value.names[i].text, to_flow(value.items[i]),
                          i == 0 ? remark : "");
            }
        } else if (of.how.toggles) {
            lines.open(section_of(of.name));
            lines.open(of.name, remark);
        } else {
            lines.put(section_of(of.name), last_part(of.name), to_flow(value), remark);
        }
    }
    std::string text = lines.text();
    text += notes_.empty() ? "" : "\n# Without a counterpart, or to be looked at:\n";
    for (const std::string& one : notes_) {
        text += "#   " + one + "\n";
    }
    return text;
}

}  // namespace walferry::config
