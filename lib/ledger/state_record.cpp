#include "lib/ledger/state_record.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace walferry {
namespace {

using nlohmann::json;

constexpr int format_version = 1;

tl::unexpected<error> invalid(const std::string& why) {
    return fail(error_kind::state_invalid, "a record of the state topic is not understood: " + why,
                "was it written by a newer walferry? Start that one, or begin anew with another "
                "name");
}

// System identifiers exceed what JSON numbers keep exactly.
std::optional<std::uint64_t> number_of(const std::string& text) {
    std::uint64_t value = 0;
    for (char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return text.empty() ? std::nullopt : std::optional{value};
}

}  // namespace

std::string to_json(const state_record& record) {
    return json{{"version", format_version},   {"system_id", std::to_string(record.system)},
                {"timeline", record.timeline}, {"database", record.database},
                {"slot", record.slot},         {"acknowledged", to_string(record.acknowledged)},
                {"epoch", record.epoch},       {"written_us", record.written_at.microseconds}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

result<state_record> parse_state_record(std::string_view text) {
    const auto document = json::parse(text, nullptr, false);
    if (!document.is_object() || document.value("version", 0) != format_version) {
        return invalid("it is not a JSON object of version 1");
    }
    try {
        state_record record;
        const auto system = number_of(document.at("system_id").get<std::string>());
        const auto acknowledged = parse_lsn(document.at("acknowledged").get<std::string>());
        if (!system || !acknowledged) {
            return invalid("system_id or acknowledged is not what it should be");
        }
        record.system = *system;
        record.acknowledged = *acknowledged;
        record.timeline = document.at("timeline").get<std::uint32_t>();
        record.database = document.at("database").get<std::string>();
        record.slot = document.at("slot").get<std::string>();
        record.epoch = document.at("epoch").get<std::uint64_t>();
        record.written_at = {document.at("written_us").get<std::int64_t>()};
        return record;
    } catch (const json::exception& problem) {
        return invalid(problem.what());
    }
}

result<remembered_state> remember(const std::vector<std::string>& documents,
                                  std::string_view slot) {
    std::vector<state_record> records;
    for (const auto& document : documents) {
        auto record = parse_state_record(document);
        if (!record) {
            return tl::unexpected(std::move(record.error()));
        }
        if (record->slot == slot) {
            records.push_back(std::move(*record));
        }
    }
    remembered_state found;
    if (records.empty()) {
        return found;
    }
    const auto newest =
        std::max_element(records.begin(), records.end(),
                         [](const auto& a, const auto& b) { return a.epoch < b.epoch; });
    found.epoch = newest->epoch;
    const state_record* highest = &*newest;
    for (const auto& record : records) {
        if (record.system == newest->system && record.acknowledged > highest->acknowledged) {
            highest = &record;
        }
    }
    found.position =
        remembered_position{highest->system,       highest->timeline, highest->acknowledged,
                            highest->acknowledged, highest->slot,     found.epoch};
    return found;
}

}  // namespace walferry
