#include "lib/pipeline/side_topics.hpp"

#include "lib/snapshot/request.hpp"
#include "lib/snapshot/watermark.hpp"

#include <array>

namespace walferry::pipeline {

result<side_topics> side_topics::make(const config::settings& settings) {
    side_topics made;
    made.settings_ = &settings;
    auto prefixes =
        config::pattern_list::compile(settings.source.messages, config::pattern_subject::prefix);
    if (!prefixes) {
        return tl::unexpected(std::move(prefixes.error()));
    }
    made.prefixes_ = std::move(*prefixes);
    if (settings.events.transactions) {
        made.counter_ = std::make_unique<encode::transaction_counter>(settings.events);
    }
    made.messages_.name = settings.name + ".message";
    made.gaps_.name = settings.name + ".gap";
    made.transactions_.name = settings.name + ".transaction";
    made.heartbeats_.name = "__debezium-heartbeat." + settings.name;
    made.dead_letters_.name = settings.dead_letter_topic;
    return made;
}

result<void> side_topics::connected_to(const std::string& database) {
    encode::context global;
    global.name = settings_->name;
    global.database = database;
    global.events = &settings_->events;
    global.counter = counter_.get();
    auto encoder = encode::make_message_encoder(global);
    if (!encoder) {
        return tl::unexpected(std::move(encoder.error()));
    }
    message_encoder_ = std::move(*encoder);
    heartbeat_encoder_ = std::make_unique<encode::heartbeat_encoder>(global);
    return {};
}

publish::topic_request side_topics::request(const destination& where) const {
    const auto& topics = settings_->topics;
    return {where.name, topics.create, topics.partitions, topics.replication_factor, topics.config};
}

publish::topic_request side_topics::message_request() const {
    return request(messages_);
}

std::vector<publish::topic_request> side_topics::missing(bool gap) const {
    std::vector<publish::topic_request> wanted;
    if (settings_->events.transactions && !transactions_.id) {
        wanted.push_back(request(transactions_));
    }
    if (settings_->events.heartbeat.count() > 0 && !heartbeats_.id) {
        wanted.push_back(request(heartbeats_));
    }
    if (settings_->on_poison == config::poison_policy::dead_letter && !dead_letters_.id) {
        wanted.push_back(request(dead_letters_));
        wanted.back().partitions = 1;
        // A compacted topic would refuse letters without a key, and drop all but the last of one.
        wanted.back().config["cleanup.policy"] = "delete";
    }
    if (gap && !gaps_.id) {
        wanted.push_back(request(gaps_));
    }
    return wanted;
}

bool side_topics::keeps(const pgoutput::logical_message& message) const {
    const bool own = message.prefix == heartbeat_prefix ||
                     message.prefix == snapshot::mark_prefix ||
                     message.prefix == snapshot::request_prefix;
    return !own && prefixes_.has_prefix(message.prefix);
}

void side_topics::opened(const std::vector<publish::opened_topic>& topics) {
    for (const auto& topic : topics) {
        for (auto* where :
             std::array{&messages_, &transactions_, &heartbeats_, &dead_letters_, &gaps_}) {
            if (where->name == topic.name) {
                where->id = topic.id;
                where->partitions = topic.partitions;
            }
        }
    }
}

void side_topics::new_sink() {
    messages_.id.reset();
    transactions_.id.reset();
    heartbeats_.id.reset();
    dead_letters_.id.reset();
    gaps_.id.reset();
}

std::optional<encode::encoded_record> side_topics::heartbeat(const moment& now) {
    const auto pause = settings_->events.heartbeat;
    if (pause.count() == 0 || !heartbeats_.id) {
        return std::nullopt;
    }
    if (last_heartbeat_ && now.steady - *last_heartbeat_ < pause) {
        return std::nullopt;
    }
    last_heartbeat_ = now.steady;
    return heartbeat_encoder_->encode(now.wall);
}

}  // namespace walferry::pipeline
