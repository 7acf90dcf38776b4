#include "lib/config/kafka_properties.hpp"

#include "lib/config/units.hpp"

#include <algorithm>
#include <array>

namespace walferry::config {
namespace {

struct refused_property {
    std::string_view name;  // with * at the end or in front: all names that start or end so
    bool (*is_harmless)(std::string_view value);
    std::string_view reason;
};

bool never(std::string_view) {
    return false;
}
bool is_all(std::string_view value) {
    return value == "all" || value == "-1";
}
bool is_true(std::string_view value) {
    return value == "true";
}
bool is_zero(std::string_view value) {
    return value == "0";
}
bool is_up_to_five(std::string_view value) {
    const parsed<std::int64_t> number = parse_number(value);
    return number && *number >= 1 && *number <= 5;
}

constexpr std::string_view confirmed_by_all =
    "must be all: an event counts as published when all in-sync replicas have it";
constexpr std::string_view no_timeout =
    "must be 0: a record that times out would have to be replayed; see sink.stall_timeout";
constexpr std::string_view in_order = "may be 1 to 5: more would break the order of records";
constexpr std::string_view keyed_by_us =
    "is refused: walferry chooses the partition; see topics.partition_by";

constexpr std::array<refused_property, 20> refused = {{
    {"acks", is_all, confirmed_by_all},
    {"request.required.acks", is_all, confirmed_by_all},
    {"enable.idempotence", is_true, "must be true: retries would duplicate and reorder records"},
    {"max.in.flight", is_up_to_five, in_order},
    {"max.in.flight.requests.per.connection", is_up_to_five, in_order},
    {"message.timeout.ms", is_zero, no_timeout},
    {"delivery.timeout.ms", is_zero, no_timeout},
    {"enable.gapless.guarantee", never, "is refused: walferry sets it, and replays on a gap"},
    {"transactional.id", never, "is refused: walferry sets it; see delivery: exactly_once"},
    {"partitioner*", never, keyed_by_us},
    {"msg_order_cmp", never, keyed_by_us},
    {"queuing.strategy", never, "is refused: records leave in the order of their commits"},
    {"*_cb", never, "is refused: callbacks are walferry's own"},
    {"queue.buffering.max.ms", never, "is refused: set linger.ms"},
    {"queue.buffering.*", never, "is refused: walferry bounds its queue; see sink.in_flight"},
    {"allow.auto.create.topics", never,
     "is refused: walferry makes topics itself; see topics.create"},
    {"plugin.library.paths", never, "is refused: it would load foreign code"},
    {"opaque", never, "is refused: it is walferry's own"},
    {"enabled_events", never, "is refused: it is walferry's own"},
    {"log_level", never, "is refused: see log.level"},
}};

bool is_named(std::string_view property, std::string_view pattern) {
    if (pattern.starts_with('*')) {
        return property.ends_with(pattern.substr(1));
    }
    return pattern.ends_with('*') ? property.starts_with(pattern.substr(0, pattern.size() - 1))
                                  : property == pattern;
}

}  // namespace

std::string refusal_of(std::string_view property, std::string_view value, bool testing) {
    if (property.starts_with("test.mock.") && !testing) {
        return "is refused: a mock broker loses everything; set WALFERRY_TEST to test with it";
    }
    for (const refused_property& one : refused) {
        if (is_named(property, one.name)) {
            return one.is_harmless(value) ? "" : std::string{one.reason};
        }
    }
    return {};
}

bool is_secret_property(std::string_view property) {
    constexpr std::array<std::string_view, 8> words = {
        "password", "secret",     "token",         "key.pem",
        "jaas",     "credential", "sasl.username", "sasl.oauthbearer.config"};
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return property.find(word) != std::string_view::npos;
    });
}

}  // namespace walferry::config
