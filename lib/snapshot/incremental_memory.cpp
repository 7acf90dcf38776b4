#include "lib/snapshot/incremental_memory.hpp"

#include "lib/snapshot/stored_record.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace walferry::snapshot {
namespace {

using nlohmann::json;

constexpr int incremental_version = 1;

constexpr const char* incremental_record_name = "incremental snapshots";

template <typename value>
json maybe(const std::optional<value>& what) {
    return what ? json(*what) : json();
}

std::optional<key_values> values_of(const json& value) {
    return value.is_null() ? std::nullopt : std::optional{value.get<key_values>()};
}

json as_json(const table_progress& table) {
    return {{"table", table.table},
            {"where", table.where},
            {"rows", table.rows},
            {"rows_estimated", table.rows_estimated},
            {"key", table.key},
            {"after", maybe(table.after)},
            {"until", maybe(table.until)},
            {"asked_us", table.asked_at.microseconds},
            {"begun_us", table.begun_at ? json(table.begun_at->microseconds) : json()}};
}

table_progress progress_of(const json& value) {
    table_progress table;
    table.table = value.at("table").get<std::string>();
    table.where = value.at("where").get<std::string>();
    table.rows = value.at("rows").get<std::uint64_t>();
    table.rows_estimated = value.at("rows_estimated").get<std::uint64_t>();
    table.key = value.at("key").get<std::vector<std::string>>();
    table.after = values_of(value.at("after"));
    table.until = values_of(value.at("until"));
    table.asked_at = {value.at("asked_us").get<std::int64_t>()};
    if (!value.at("begun_us").is_null()) {
        table.begun_at = unix_time{value.at("begun_us").get<std::int64_t>()};
    }
    return table;
}

table_outcome outcome_of(const std::string& name) {
    for (auto outcome : {table_outcome::done, table_outcome::stopped}) {
        if (name == name_of(outcome)) {
            return outcome;
        }
    }
    return table_outcome::failed;
}

// System identifiers exceed what JSON numbers keep exactly.
result<incremental_memory> memory_of(const json& document) {
    incremental_memory found;
    const auto system = document.at("system_id").get<std::string>();
    const auto* end = system.data() + system.size();
    const auto read = std::from_chars(system.data(), end, found.system);
    const auto heard = parse_lsn(document.at("heard").get<std::string>());
    if (read.ptr != end || !heard) {
        return not_understood(incremental_record_name,
                              "system_id or heard is not what it should be");
    }
    found.timeline = document.at("timeline").get<std::uint32_t>();
    found.slot = document.at("slot").get<std::string>();
    found.heard = {*heard, document.at("heard_seq").get<std::uint64_t>()};
    found.paused = document.at("paused").get<bool>();
    for (const auto& table : document.at("tables")) {
        found.tables.push_back(progress_of(table));
    }
    for (const auto& table : document.at("ended")) {
        found.ended.push_back({table.at("table").get<std::string>(),
                               outcome_of(table.at("outcome").get<std::string>()),
                               table.at("rows").get<std::uint64_t>(),
                               table.at("why").get<std::string>(),
                               {table.at("at_us").get<std::int64_t>()}});
    }
    found.written_at = {document.at("written_us").get<std::int64_t>()};
    return found;
}

}  // namespace

std::string_view name_of(table_outcome outcome) {
    switch (outcome) {
        case table_outcome::done:
            return "done";
        case table_outcome::stopped:
            return "stopped";
        case table_outcome::failed:
            break;
    }
    return "failed";
}

std::string incremental_key(const std::string& slot) {
    return "incremental:" + slot;
}

std::string to_json(const incremental_memory& what) {
    auto tables = json::array();
    for (const auto& table : what.tables) {
        tables.push_back(as_json(table));
    }
    auto ended = json::array();
    for (const auto& table : what.ended) {
        ended.push_back({{"table", table.table},
                         {"outcome", name_of(table.outcome)},
                         {"rows", table.rows},
                         {"why", table.why},
                         {"at_us", table.at.microseconds}});
    }
    return json{{"version", incremental_version},
                {"system_id", std::to_string(what.system)},
                {"timeline", what.timeline},
                {"slot", what.slot},
                {"heard", to_string(what.heard.commit)},
                {"heard_seq", what.heard.sequence},
                {"paused", what.paused},
                {"tables", std::move(tables)},
                {"ended", std::move(ended)},
                {"written_us", what.written_at.microseconds}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

result<incremental_memory> parse_incremental(std::string_view text) {
    const auto document = json::parse(text, nullptr, false);
    if (!document.is_object() || document.value("version", 0) != incremental_version) {
        return not_understood(incremental_record_name, "it is not a JSON object of version 1");
    }
    try {
        return memory_of(document);
    } catch (const json::exception& problem) {
        return not_understood(incremental_record_name, problem.what());
    }
}

}  // namespace walferry::snapshot
