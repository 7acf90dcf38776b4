#include "lib/config/checks.hpp"

#include "lib/base/lsn.hpp"
#include "lib/config/additional_column.hpp"
#include "lib/config/kafka_properties.hpp"
#include "lib/config/names.hpp"
#include "lib/config/units.hpp"

#include <algorithm>

namespace walferry::config {
namespace {

using complaints = std::vector<complaint>;

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

void check_names(const settings& all, complaints& wrong) {
    constexpr std::size_t topic_max = 249;  // Kafka's limit; the tables' names need some of it
    if (all.name != legal_topic_name(all.name)) {
        wrong.push_back({"name", quoted(all.name) +
                                     " is no part of a topic's name; letters, digits, "
                                     "., _ and - are"});
    }
    if (all.name.size() > topic_max) {
        wrong.push_back({"name", "is longer than a topic's name may be"});
    }
    if (all.source.slot != legal_slot_name(all.source.slot)) {
        wrong.push_back({"source.slot", quoted(all.source.slot) +
                                            " is not the name of a slot; write " +
                                            quoted(legal_slot_name(all.source.slot))});
    }
    if (all.source.publication.size() > 63) {
        wrong.push_back({"source.publication", "is longer than 63 bytes"});
    }
}

void check_kafka(const settings& all, bool testing, complaints& wrong) {
    const auto& properties = all.sink.kafka.properties;
    const auto mock = properties.find("test.mock.num.brokers");
    if (mock == properties.end() && !properties.contains("bootstrap.servers") &&
        !properties.contains("metadata.broker.list")) {
        wrong.push_back({"sink.kafka", "needs bootstrap.servers: host:port, …"});
    }
    for (const auto& [name, value] : properties) {
        if (const std::string reason = refusal_of(name, value, testing); !reason.empty()) {
            wrong.push_back({"sink.kafka." + name, reason});
        }
    }
}

void check_sinks(const settings& all, bool testing, complaints& wrong) {
    const bool kafka = all.sink.kafka.enabled;
    if (kafka && all.sink.standard_output.enabled) {
        wrong.push_back({"sink.stdout", "there is one sink: remove sink.kafka or sink.stdout"});
    }
    if (kafka) {
        check_kafka(all, testing, wrong);
        return;
    }
    if (!all.sink.standard_output.enabled) {
        wrong.push_back({"sink.stdout", "is off, and there is no other sink: sink.kafka"});
    }
    if (all.delivery == delivery_mode::exactly_once) {
        wrong.push_back({"delivery", "exactly_once needs a Kafka sink: sink.kafka"});
    }
    if (all.on_poison == poison_policy::dead_letter) {
        wrong.push_back({"on_poison", "dead_letter needs a Kafka sink: sink.kafka"});
    }
    if (all.snapshot.mode == snapshot_mode::when_needed &&
        all.sink.standard_output.state_file.empty()) {
        wrong.push_back({"snapshot.mode",
                         "when_needed needs a memory of what was published: "
                         "sink.stdout.state_file, or sink.kafka"});
    }
}

void check_events(const event_settings& events, complaints& wrong) {
    if (events.format == event_format::plain && events.encoding != event_encoding::json) {
        wrong.push_back({"events.encoding", "the plain format is JSON without a schema: json"});
    }
    if (events.flatten.enabled && events.format != event_format::debezium) {
        wrong.push_back({"events.flatten",
                         "takes the row out of Debezium's envelope; it needs "
                         "events.format: debezium"});
    }
    if (!events.schema_source_types.empty() && events.encoding == event_encoding::json) {
        wrong.push_back({"events.schema_source_types",
                         "json has no schema to put them into; see events.encoding"});
    }
    if (events.schema_comments && events.encoding == event_encoding::json) {
        wrong.push_back(
            {"events.schema_comments", "json has no schema to put them into; see events.encoding"});
    }
}

// `{name}`, where name is one of those known to the template.
void check_template(const std::string& key, const std::string& text,
                    std::initializer_list<std::string_view> known, complaints& wrong) {
    for (std::size_t open = text.find('{'); open != std::string::npos;
         open = text.find('{', open + 1)) {
        const std::size_t close = text.find('}', open);
        const std::string name = text.substr(open + 1, close - open - 1);
        const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
        if (close == std::string::npos || !is_known) {
            wrong.push_back({key, quoted(text) + " has the unknown part {" + name + "}"});
            return;
        }
    }
}

void check_additional(const std::string& key, const std::vector<std::string>& texts,
                      bool may_envelop, complaints& wrong) {
    for (const std::string& text : texts) {
        const auto read = read_additional(text);
        if (!read || (read->in_envelope && !may_envelop)) {
            wrong.push_back({key, quoted(text) + " is not column:header" +
                                      (may_envelop ? " or column:envelope" : "") +
                                      ", with :alias behind it if wanted"});
        }
    }
}

void check_event_store(const event_store_settings& store, complaints& wrong) {
    check_additional("route.event_store.additional", store.additional, false, wrong);
    if (!store.pass_over.empty() && !parse_lsn(store.pass_over)) {
        wrong.push_back({"route.event_store.pass_over",
                         quoted(store.pass_over) + " is not an LSN like 0/16B3748"});
    }
}

void check_routes(const settings& all, complaints& wrong) {
    const outbox_settings& outbox = all.route.outbox;
    if (!outbox.table.empty() && outbox.table == all.route.event_store.table) {
        wrong.push_back({"route.event_store.table",
                         quoted(outbox.table) + " is the outbox already: route.outbox.table"});
    }
    check_additional("route.outbox.additional", outbox.additional, !outbox.raw, wrong);
    if (outbox.raw && outbox.expand_json) {
        wrong.push_back({"route.outbox.expand_json",
                         "means nothing with route.outbox.raw, which publishes JSON as it is"});
    }
    check_event_store(all.route.event_store, wrong);
    check_template("topics.name", all.topics.name, {"name", "schema", "table"}, wrong);
    check_template("route.event_store.topic", all.route.event_store.topic, {"name", "category"},
                   wrong);
}

// host:port, [address]:port
void check_listen(const std::string& listen, complaints& wrong) {
    const std::size_t colon = listen.rfind(':');
    const std::string host = listen.substr(0, colon);
    const parsed<std::int64_t> port =
        parse_number(colon == std::string::npos ? "" : listen.substr(colon + 1));
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const bool bare = host.find_first_of(":[]/") == std::string::npos;
    if (!port || *port < 0 || *port > 65535 || !(bracketed || bare)) {
        wrong.push_back({"http.listen", quoted(listen) + " is not host:port like 127.0.0.1:8480 "
                                                         "or [::1]:8480"});
    } else if (host.empty()) {
        wrong.push_back({"http.listen", quoted(listen) + " names no host; write 0.0.0.0" + listen +
                                            " to serve on all addresses"});
    }
}

}  // namespace

std::vector<complaint> check(const settings& all, bool testing) {
    complaints wrong;
    check_names(all, wrong);
    check_sinks(all, testing, wrong);
    check_events(all.events, wrong);
    check_routes(all, wrong);
    if (!all.http.listen.empty()) {
        check_listen(all.http.listen, wrong);
    }
    if (!all.http.token.empty() && all.http.listen.empty()) {
        wrong.push_back({"http.token", "means nothing without http.listen"});
    }
    return wrong;
}

}  // namespace walferry::config
