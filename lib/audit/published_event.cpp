#include "lib/audit/published_event.hpp"

#include "lib/audit/json_members.hpp"

#include <charconv>

namespace walferry::audit {
namespace {

using change::operation;

constexpr std::string_view null_text = "null";

std::string_view known(std::string_view value) {
    return value == null_text ? std::string_view{} : value;
}

// Inside of Connect's {"schema":..., "payload":...}, if it is one.
std::string_view payload_of(std::string_view document) {
    std::string_view payload;
    std::size_t members = 0;
    bool has_schema = false;
    each_member(document, [&](std::string_view name, std::string_view value) {
        ++members;
        has_schema = has_schema || name == "schema";
        payload = name == "payload" ? value : payload;
    });
    return members == 2 && has_schema && !payload.empty() ? payload : document;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t number = 0;
    const auto end = text.data() + text.size();
    const auto done = std::from_chars(text.data(), end, number);
    return done.ec == std::errc{} && done.ptr == end ? std::optional{number} : std::nullopt;
}

// `0/16B3748:12`
std::optional<position> position_in(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const auto commit = parse_lsn(text.substr(0, colon));
    const auto sequence = number_in(text.substr(colon + 1));
    return commit && sequence ? std::optional{position{*commit, *sequence}} : std::nullopt;
}

std::optional<position> position_in_source(std::string_view source) {
    std::optional<std::uint64_t> commit;
    std::optional<std::uint64_t> sequence;
    each_member(source, [&](std::string_view name, std::string_view value) {
        if (name == "commit_lsn") {
            commit = number_in(value);
        } else if (name == "tx_seq") {
            sequence = number_in(value);
        }
    });
    return commit && sequence ? std::optional{position{lsn{*commit}, *sequence}} : std::nullopt;
}

std::optional<operation> operation_in(std::string_view word) {
    constexpr struct {
        std::string_view word;
        operation what;
    } words[] = {{"c", operation::insert},
                 {"u", operation::update},
                 {"d", operation::delete_row},
                 {"t", operation::truncate},
                 {"r", operation::read},
                 {"m", operation::message},
                 {"insert", operation::insert},
                 {"update", operation::update},
                 {"delete", operation::delete_row},
                 {"truncate", operation::truncate},
                 {"read", operation::read},
                 {"message", operation::message}};
    for (const auto& one : words) {
        if (one.word == word) {
            return one.what;
        }
    }
    return std::nullopt;
}

}  // namespace

result<std::optional<published_event>> read_event(config::event_format format,
                                                  std::optional<std::string_view> key,
                                                  std::optional<std::string_view> value,
                                                  std::string_view unchanged_header) {
    if (!value) {
        return std::nullopt;
    }
    const bool plain = format == config::event_format::plain;
    published_event made;
    made.unchanged = unchanged_header;
    std::optional<position> at;
    std::optional<operation> what;
    each_member(payload_of(*value), [&](std::string_view name, std::string_view text) {
        if (name == "op") {
            what = operation_in(unquoted(text));
        } else if (plain && name == "position") {
            at = position_in(unquoted(text));
        } else if (!plain && name == "source") {
            at = position_in_source(text);
        } else if (name == (plain ? "row" : "after")) {
            made.row = known(text);
        } else if (name == (plain ? "old" : "before")) {
            made.before = known(text);
        } else if (plain && name == "unchanged") {
            made.unchanged = text;
        }
    });
    if (!at || !what) {
        return fail(error_kind::protocol_violation,
                    "a record is not an event of walferry's in the configured events.format",
                    "give verify the configuration that run has");
    }
    made.at = *at;
    made.what = *what;
    made.key = key ? payload_of(*key) : std::string_view{};
    return made;
}

}  // namespace walferry::audit
