#include "lib/ledger/state_record.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace walferry {
namespace {

using nlohmann::json;

constexpr int format_version = 1;
constexpr const char* publication_kind = "publication";

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

std::vector<timeline_position> by_timeline(const std::vector<state_record>& records) {
    std::vector<timeline_position> reached;
    for (const auto& record : records) {
        auto known = std::find_if(reached.begin(), reached.end(),
                                  [&](const auto& one) { return one.timeline == record.timeline; });
        if (known == reached.end()) {
            reached.push_back({record.timeline, record.acknowledged, record.published});
            continue;
        }
        known->acknowledged = std::max(known->acknowledged, record.acknowledged);
        known->published = std::max(known->published, record.published);
    }
    return reached;
}

std::optional<publication_record> parse_publication_record(std::string_view text) {
    const auto document = json::parse(text, nullptr, false);
    if (!document.is_object() || document.value("version", 0) != format_version ||
        document.value("kind", json{}) != publication_kind) {
        return std::nullopt;
    }
    try {
        return publication_record{
            document.at("slot").get<std::string>(),
            document.at("definition").dump(),
            parse_lsn(document.at("acknowledged").get<std::string>()).value_or(lsn{}),
            document.at("epoch").get<std::uint64_t>(),
            {document.at("written_us").get<std::int64_t>()}};
    } catch (const json::exception&) {
        return std::nullopt;  // told as a position that is not understood
    }
}

}  // namespace

std::string to_json(const publication_record& record) {
    return json{{"version", format_version},
                {"kind", publication_kind},
                {"slot", record.slot},
                {"definition", json::parse(record.definition, nullptr, false)},
                {"acknowledged", to_string(record.acknowledged)},
                {"epoch", record.epoch},
                {"written_us", record.written_at.microseconds}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_json(const state_record& record) {
    return json{{"version", format_version},
                {"system_id", std::to_string(record.system)},
                {"timeline", record.timeline},
                {"database", record.database},
                {"slot", record.slot},
                {"acknowledged", to_string(record.acknowledged)},
                {"published", to_string(record.published)},
                {"publication_at", to_string(record.publication_at)},
                {"epoch", record.epoch},
                {"generation", record.generation},
                {"written_us", record.written_at.microseconds}}
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
        const auto published =
            parse_lsn(document.value("published", to_string(acknowledged.value_or(lsn{}))));
        const auto publication = parse_lsn(document.value("publication_at", "0/0"));
        if (!system || !acknowledged || !published || !publication) {
            return invalid("a number or an LSN is not what it should be");
        }
        record.system = *system;
        record.acknowledged = *acknowledged;
        record.published = *published;
        record.publication_at = *publication;
        record.timeline = document.at("timeline").get<std::uint32_t>();
        record.database = document.at("database").get<std::string>();
        record.slot = document.at("slot").get<std::string>();
        record.epoch = document.at("epoch").get<std::uint64_t>();
        record.generation = document.value("generation", std::uint64_t{0});
        record.written_at = {document.at("written_us").get<std::int64_t>()};
        return record;
    } catch (const json::exception& problem) {
        return invalid(problem.what());
    }
}

result<remembered_state> remember(const std::vector<std::string>& documents,
                                  std::string_view slot) {
    std::vector<state_record> records;
    std::optional<publication_record> publication;
    for (const auto& document : documents) {
        if (auto other = parse_publication_record(document)) {
            bool newer = !publication ||
                         std::pair{other->epoch, other->written_at.microseconds} >
                             std::pair{publication->epoch, publication->written_at.microseconds};
            if (other->slot == slot && newer) {
                publication = std::move(other);
            }
            continue;
        }
        auto record = parse_state_record(document);
        if (!record) {
            return tl::unexpected(std::move(record.error()));
        }
        if (record->slot == slot) {
            records.push_back(std::move(*record));
        }
    }
    auto found = merge(std::move(records));
    if (publication) {
        found.definition = std::move(publication->definition);
    }
    return found;
}

remembered_state merge(std::vector<state_record> records) {
    remembered_state found;
    if (records.empty()) {
        return found;
    }
    auto earlier = [](const state_record& a, const state_record& b) {
        return std::tie(a.generation, a.epoch) < std::tie(b.generation, b.epoch);
    };
    const auto newest = *std::max_element(records.begin(), records.end(), earlier);
    for (const auto& record : records) {
        found.epoch = std::max(found.epoch, record.epoch);
    }
    std::erase_if(records, [&](const state_record& record) {
        return record.generation != newest.generation || record.system != newest.system;
    });
    for (const auto& record : records) {
        found.publication_at = std::max(found.publication_at, record.publication_at);
    }
    auto reached = by_timeline(records);
    const auto highest = std::max_element(
        reached.begin(), reached.end(),
        [](const auto& a, const auto& b) { return a.acknowledged < b.acknowledged; });
    const timeline_position present = *highest;
    reached.erase(highest);
    found.position = remembered_position{newest.system,     present.timeline,  present.acknowledged,
                                         present.published, newest.slot,       found.epoch,
                                         newest.generation, std::move(reached)};
    return found;
}

}  // namespace walferry
