#include "lib/pipeline/poison.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace walferry::pipeline {
namespace {

constexpr std::size_t shown_key_bytes_max = 1024;
constexpr std::size_t key_bytes_max = 65'536;

bool begins_with(const std::optional<std::string_view>& key,
                 const std::optional<std::string>& beginning) {
    if (!key || !beginning) {
        return key.has_value() == beginning.has_value();
    }
    return key->substr(0, shown_key_bytes_max) == *beginning;
}

std::string description(const poison& what) {
    nlohmann::ordered_json made;
    made["position"] = to_string(what.at);
    made["table"] = what.table;
    made["topic"] = what.topic;
    made["key"] = what.key ? nlohmann::ordered_json(*what.key) : nlohmann::ordered_json();
    made["bytes"] = what.bytes;
    made["error"] = name_of(what.kind);
    made["reason"] = what.reason;
    // A key need not be text.
    return made.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string to_string(const poison& what) {
    std::string text = what.table.empty() ? "topic " + what.topic : "table " + what.table;
    if (what.key) {
        text += ", key " + *what.key;
    }
    return what.at.commit ? text + ", position " + to_string(what.at) : text;
}

const poison* poison_list::find(const position& at, std::string_view topic,
                                const record& what) const {
    const auto bytes = what.key.value_or("").size() + what.value.value_or("").size();
    const auto found = std::ranges::find_if(all_, [&](const poison& one) {
        return !one.row_content && one.at == at && one.topic == topic && one.bytes == bytes &&
               one.tombstone == !what.value && begins_with(what.key, one.key);
    });
    return found == all_.end() ? nullptr : &*found;
}

const poison* poison_list::find_row(std::string_view topic, std::size_t content) const {
    const auto found = std::ranges::find_if(
        all_, [&](const poison& one) { return one.row_content == content && one.topic == topic; });
    return found == all_.end() ? nullptr : &*found;
}

void poison_list::forget_before(lsn acknowledged) {
    std::erase_if(
        all_, [&](const poison& one) { return !one.row_content && one.at.commit < acknowledged; });
}

void poison_list::forget_rows() {
    std::erase_if(all_, [](const poison& one) { return one.row_content.has_value(); });
}

dead_letter::dead_letter(const poison& what, const record* original, std::int64_t now_ms)
    : position_(to_string(what.at)) {
    bool whole = original != nullptr && !what.too_large;
    if (original != nullptr && original->key && original->key->size() <= key_bytes_max) {
        record_.key = key_ = *original->key;
    }
    if (!whole) {
        record_.value = value_ = description(what);
    } else if (original->value) {
        record_.value = value_ = *original->value;
    }
    headers_ = {{"walferry.position", position_},
                {"walferry.table", what.table},
                {"walferry.topic", what.topic},
                {"walferry.error", name_of(what.kind)},
                {"walferry.reason", what.reason}};
    record_.headers = headers_;
    record_.timestamp_ms = now_ms;
    record_.sequence = what.at.sequence;
}

}  // namespace walferry::pipeline
