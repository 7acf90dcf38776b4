#include "lib/publish/kafka_configuration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace walferry::publish {
namespace {

struct property {
    const char* name;
    const char* value;
};

// Measured: shared/speed.md 0 (lz4, linger, batches), shared/kafka.md 1.8 and 1.11 (the rest).
constexpr property producer_defaults[] = {
    {"linger.ms", "1"},
    {"compression.codec", "lz4"},
    {"batch.num.messages", "10000"},
    {"max.in.flight.requests.per.connection", "5"},
    // The broker judges the compressed record; this is only below its request limit of 100 MiB,
    // beyond which it closes the connection without a word.
    {"message.max.bytes", "100000000"},
    // A hung broker is given up before the stall watchdog; the broker's own limit is the lower one.
    {"request.timeout.ms", "10000"},
    {"topic.metadata.refresh.fast.interval.ms", "100"},
};

constexpr property client_defaults[] = {
    {"socket.timeout.ms", "20000"},      {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"}, {"reconnect.backoff.max.ms", "2000"},
    {"log.connection.close", "false"},
};

// The promises, and what this program's accounting relies on. Aliases are listed so that they
// cannot slip through.
constexpr property producer_promises[] = {
    {"enable.idempotence", "true"},
    {"acks", "all"},
    {"request.required.acks", "all"},
    {"message.timeout.ms", "0"},
    {"delivery.timeout.ms", "0"},
    {"enable.gapless.guarantee", "true"},
    {"allow.auto.create.topics", "false"},
    {"queue.buffering.max.messages", "0"},
    {"queue.buffering.max.kbytes", "2147483647"},
    {"delivery.report.only.error", "false"},
    {"log.queue", "true"},
};

constexpr std::array owned = {"transactional.id",
                              "plugin.library.paths",
                              "opaque",
                              "dr_cb",
                              "dr_msg_cb",
                              "error_cb",
                              "log_cb"};

error refusal(const std::string& name, const char* reason) {
    return {error_kind::broker_configuration,
            "sink.kafka: the property " + name + " is not accepted: " + reason,
            "librdkafka " + std::string(rd_kafka_version_str()) +
                " is linked; its CONFIGURATION.md "
                "lists the properties",
            {}};
}

rd_kafka_conf_res_t set(rd_kafka_conf_t* to, const char* name, const char* value,
                        std::string& reason) {
    std::array<char, 512> text{};
    const auto done = rd_kafka_conf_set(to, name, value, text.data(), text.size());
    reason = text.data();
    return done;
}

// A default that this librdkafka does not know is left out.
void set_default(rd_kafka_conf_t* to, const char* name, const char* value) {
    std::string ignored;
    set(to, name, value, ignored);
}

bool is_promise(const std::string& name) {
    return std::ranges::any_of(producer_promises,
                               [&](const property& one) { return name == one.name; });
}

std::optional<error> set_user_property(rd_kafka_conf_t* to, const std::string& name,
                                       const std::string& value) {
    if (std::ranges::find(owned, name) != owned.end()) {
        return refusal(name, "walferry sets it");
    }
    if (is_promise(name)) {
        return refusal(name, "delivery without loss and in order rests on it");
    }
    std::string reason;
    switch (set(to, name.c_str(), value.c_str(), reason)) {
        case RD_KAFKA_CONF_OK:
            return std::nullopt;
        case RD_KAFKA_CONF_UNKNOWN:
            return refusal(name, "there is no such property");
        case RD_KAFKA_CONF_INVALID:
            break;
    }
    return refusal(name, is_secret_property(name) ? "its value is not valid" : reason.c_str());
}

// Ten characters of every name are ours; brokers and old libraries take short client ids only.
std::string client_id(const std::string& name) {
    return "walferry-" + name.substr(0, 200);
}

void narrow_batches(rd_kafka_conf_t* to, const batch_limits& limits) {
    const auto wanted = static_cast<std::uint64_t>(number_of(to, "batch.size"));
    if (limits.bytes < wanted) {
        set_default(to, "batch.size", std::to_string(limits.bytes).c_str());
    }
    if (limits.single) {
        set_default(to, "batch.num.messages", "1");
        set_default(to, "max.in.flight.requests.per.connection", "1");
    }
}

}  // namespace

double number_of(const rd_kafka_conf_t* conf, const char* property) {
    std::array<char, 32> text{};
    std::size_t size = text.size() - 1;
    double found = 0;
    if (rd_kafka_conf_get(conf, property, text.data(), &size) == RD_KAFKA_CONF_OK) {
        std::from_chars(text.data(), text.data() + text.size(), found);
    }
    return found;
}

bool is_secret_property(std::string_view name) {
    constexpr std::array words = {"password", "secret",        "token",
                                  "key",      "pem",           "credential",
                                  "jaas",     "sasl.username", "oauthbearer.config"};
    return std::ranges::any_of(
        words, [&](std::string_view word) { return name.find(word) != std::string_view::npos; });
}

result<configuration_handle> producer_configuration(const std::string& name,
                                                    const config::kafka_settings& kafka,
                                                    const batch_limits& limits) {
    configuration_handle made{rd_kafka_conf_new()};
    set_default(made.get(), "client.id", client_id(name).c_str());
    set_default(made.get(), "batch.size", "1000000");
    for (const auto& one : client_defaults) {
        set_default(made.get(), one.name, one.value);
    }
    for (const auto& one : producer_defaults) {
        set_default(made.get(), one.name, one.value);
    }
    for (const auto& [key, value] : kafka.properties) {
        if (auto refused = set_user_property(made.get(), key, value)) {
            return tl::unexpected(std::move(*refused));
        }
    }
    for (const auto& one : producer_promises) {
        std::string reason;
        if (set(made.get(), one.name, one.value, reason) != RD_KAFKA_CONF_OK) {
            return tl::unexpected(refusal(one.name, reason.c_str()));
        }
    }
    narrow_batches(made.get(), limits);
    rd_kafka_conf_set_events(made.get(),
                             RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
    return made;
}

std::chrono::microseconds lengthen_linger(rd_kafka_conf_t* of) {
    constexpr double microseconds_a_millisecond = 1000;
    constexpr double cheapest_ms = 10;  // measured: tests/bench/README.md
    const double was = number_of(of, "linger.ms");
    if (was < cheapest_ms) {
        set_default(of, "linger.ms", "10");
    }
    return std::chrono::microseconds{static_cast<std::int64_t>(was * microseconds_a_millisecond)};
}

result<configuration_handle> consumer_configuration(const std::string& name,
                                                    const config::kafka_settings& kafka) {
    configuration_handle made{rd_kafka_conf_new()};
    set_default(made.get(), "client.id", client_id(name).c_str());
    for (const auto& one : client_defaults) {
        set_default(made.get(), one.name, one.value);
    }
    // Those of the producer only are accepted with a warning, which goes nowhere; a property that
    // is wrong was refused when the producer was made.
    for (const auto& [key, value] : kafka.properties) {
        set_default(made.get(), key.c_str(), value.c_str());
    }
    set_default(made.get(), "isolation.level", "read_committed");
    set_default(made.get(), "enable.partition.eof", "true");
    // A broker answers the requests of a connection in turn: a fetch that waits for records that
    // nobody needs would hold up the next question for as long.
    set_default(made.get(), "fetch.wait.max.ms", "10");
    set_default(made.get(), "allow.auto.create.topics", "false");
    set_default(made.get(), "log.queue", "true");
    return made;
}

result<client_handle> make_client(rd_kafka_type_t type, configuration_handle configuration) {
    std::array<char, 512> text{};
    client_handle made{rd_kafka_new(type, configuration.get(), text.data(), text.size())};
    if (made == nullptr) {
        return tl::unexpected(
            error{error_kind::broker_configuration,
                  "sink.kafka: librdkafka refuses the properties: " + std::string(text.data()),
                  "correct what it names; a file must be there, PEM, and readable by walferry",
                  {}});
    }
    // On success librdkafka owns the configuration.
    static_cast<void>(configuration.release());
    return made;
}

topic_handle make_topic(rd_kafka_t* client, const std::string& name, std::uint32_t id) {
    topic_configuration_handle configuration{rd_kafka_default_topic_conf_dup(client)};
    rd_kafka_topic_conf_set_opaque(configuration.get(),
                                   reinterpret_cast<void*>(static_cast<std::uintptr_t>(id)));
    // Takes the configuration whether it succeeds or not.
    return topic_handle{rd_kafka_topic_new(client, name.c_str(), configuration.release())};
}

}  // namespace walferry::publish
