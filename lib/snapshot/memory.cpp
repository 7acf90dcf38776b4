#include "lib/snapshot/memory.hpp"

#include "lib/snapshot/stored_record.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace walferry::snapshot {
namespace {

using nlohmann::json;

constexpr int format_version = 1;

constexpr const char* record_name = "the snapshot";

}  // namespace

std::string memory_key(const std::string& slot) {
    return "snapshot:" + slot;
}

std::string to_json(const memory& what) {
    return json{{"version", format_version},
                {"snapshot", what.finished ? "finished" : "running"},
                {"system_id", std::to_string(what.system)},
                {"timeline", what.timeline},
                {"database", what.database},
                {"slot", what.slot},
                {"from", to_string(what.from)},
                {"attempt", what.attempt},
                {"tables_done", what.done},
                {"written_us", what.written_at.microseconds}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

result<memory> parse_memory(std::string_view text) {
    const auto document = json::parse(text, nullptr, false);
    if (!document.is_object() || document.value("version", 0) != format_version) {
        return not_understood(record_name, "it is not a JSON object of version 1");
    }
    try {
        memory found;
        const auto system = document.at("system_id").get<std::string>();
        const auto* end = system.data() + system.size();
        const auto read = std::from_chars(system.data(), end, found.system);
        const auto from = parse_lsn(document.at("from").get<std::string>());
        if (read.ptr != end || !from) {
            return not_understood(record_name, "system_id or from is not what it should be");
        }
        found.from = *from;
        found.timeline = document.at("timeline").get<std::uint32_t>();
        found.database = document.at("database").get<std::string>();
        found.slot = document.at("slot").get<std::string>();
        found.attempt = document.at("attempt").get<std::uint32_t>();
        found.finished = document.at("snapshot").get<std::string>() == "finished";
        found.done = document.at("tables_done").get<std::vector<std::string>>();
        found.written_at = {document.at("written_us").get<std::int64_t>()};
        return found;
    } catch (const json::exception& problem) {
        return not_understood(record_name, problem.what());
    }
}

}  // namespace walferry::snapshot
