#include "lib/observe/log_repeats.hpp"

#include <string_view>

namespace walferry::observe {
namespace {

std::string identity_of(const log_line& line) {
    std::string text;
    for (std::string_view part : {line.event, line.table, line.topic, line.key}) {
        text += part;
        text += '\0';
    }
    if (line.kind) {
        text += name_of(*line.kind);
    }
    return text;
}

}  // namespace

std::optional<std::uint64_t> log_repeats::pass(const log_line& line, instant now) {
    std::string identity = identity_of(line);
    if (entries_.size() >= keys_max && !entries_.contains(identity)) {
        identity.clear();
    }
    auto [at, is_new] = entries_.try_emplace(std::move(identity));
    entry& known = at->second;
    if (is_new) {
        known.event = at->first.empty() ? "log_overflow" : line.event;
    } else if (now - known.passed_at < interval) {
        ++known.held_back;
        return std::nullopt;
    }
    known.level = line.level;
    known.passed_at = now;
    return std::exchange(known.held_back, 0);
}

void log_repeats::expire(instant now, const std::function<void(const remainder&)>& report) {
    for (auto at = entries_.begin(); at != entries_.end();) {
        const entry& known = at->second;
        if (now - known.passed_at < interval) {
            ++at;
            continue;
        }
        if (known.held_back != 0) {
            report({known.level, known.event, known.held_back});
        }
        at = entries_.erase(at);
    }
}

}  // namespace walferry::observe
