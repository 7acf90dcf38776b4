#include "lib/publish/state_topic.hpp"

#include "lib/publish/broker_errors.hpp"
#include "lib/publish/kafka_configuration.hpp"
#include "lib/publish/mailbox.hpp"
#include "lib/publish/topic_admin.hpp"
#include "lib/publish/worker.hpp"

#include <chrono>
#include <map>
#include <string_view>
#include <utility>

namespace walferry::publish {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds question_patience{500};
constexpr std::chrono::seconds silence_max{20};

std::string topic_name(const std::string& name) {
    return "walferry." + name + ".state";
}

// The newest record of a key is what counts; a tombstone takes the key away.
void keep(const rd_kafka_message_t& message, std::map<std::string, std::string>& last) {
    if (message.key == nullptr) {
        return;
    }
    std::string key(static_cast<const char*>(message.key), message.key_len);
    if (message.payload == nullptr) {
        last.erase(key);
    } else {
        last[std::move(key)].assign(static_cast<const char*>(message.payload), message.len);
    }
}

// Blocks; one use.
class last_values {
public:
    last_values(rd_kafka_t* client, rd_kafka_topic_t* topic, std::string_view name,
                const worker& on)
        : client_(client), topic_(topic), name_(name), worker_(on) {}

    state_reader::answer read() {
        const auto exists = wait_for_topic();
        if (!exists || !*exists) {
            if (!exists) {
                return tl::unexpected(exists.error());
            }
            return state_reader::records{};
        }
        if (rd_kafka_consume_start(topic_, 0, RD_KAFKA_OFFSET_BEGINNING) != 0) {
            return tl::unexpected(trouble(rd_kafka_last_error()));
        }
        auto found = read_to_end();
        rd_kafka_consume_stop(topic_, 0);
        return found;
    }

private:
    result<bool> wait_for_topic() const {
        const auto until = clock::now() + silence_max;
        for (;;) {
            const auto facts = topic_admin(client_).look_up(topic_, question_patience);
            if (facts && facts->missing()) {
                return false;
            }
            if (facts && facts->led) {
                return true;
            }
            if (facts && facts->code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
                return tl::unexpected(trouble(facts->code));
            }
            if (clock::now() > until || !worker_.pause(std::chrono::milliseconds(100))) {
                return tl::unexpected(
                    trouble(facts ? RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE : facts.error()));
            }
        }
    }

    state_reader::answer read_to_end() const {
        state_reader::records last;
        auto heard = clock::now();
        while (!worker_.stopping()) {
            const message_handle message{
                rd_kafka_consume(topic_, 0, static_cast<int>(question_patience.count()))};
            if (message == nullptr) {
                if (clock::now() - heard > silence_max) {
                    break;
                }
                continue;
            }
            heard = clock::now();
            if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                return last;
            }
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                return tl::unexpected(trouble(message->err));
            }
            keep(*message, last);
        }
        return tl::unexpected(trouble(RD_KAFKA_RESP_ERR__TIMED_OUT));
    }

    error trouble(rd_kafka_resp_err_t code) const {
        error made = broker_error(code, std::string(name_) + " cannot be read");
        if (made.kind == error_kind::delivery_failed) {
            made.kind = error_kind::broker_unreachable;
        }
        return made;
    }

    rd_kafka_t* client_;
    rd_kafka_topic_t* topic_;
    std::string_view name_;
    const worker& worker_;
};

state_reader::answer read_state(const std::string& name, const config::kafka_settings& kafka,
                                const worker& on) {
    auto configuration = consumer_configuration(name, kafka);
    if (!configuration) {
        return tl::unexpected(std::move(configuration.error()));
    }
    const auto client = make_client(RD_KAFKA_CONSUMER, std::move(*configuration));
    if (!client) {
        return tl::unexpected(client.error());
    }
    const std::string topic = topic_name(name);
    const topic_handle handle{rd_kafka_topic_new(client->get(), topic.c_str(), nullptr)};
    if (handle == nullptr) {
        return fail(error_kind::config_invalid, "\"" + topic + "\" is not a legal topic name");
    }
    return last_values(client->get(), handle.get(), topic, on).read();
}

}  // namespace

topic_request state_topic(const std::string& name) {
    return {topic_name(name),
            true,
            1,
            -1,
            {{"cleanup.policy", "compact"},
             {"segment.bytes", "1048576"},
             {"min.cleanable.dirty.ratio", "0.01"}}};
}

struct state_reader::reading {
    wake_event wake;
    mailbox<answer> box{wake};
    worker on{[] {}, std::chrono::minutes(10)};
};

state_reader::state_reader(const std::string& name, const config::kafka_settings& kafka)
    : reading_(std::make_unique<reading>()) {
    reading_->on.post(
        [in = reading_.get(), name, kafka] { in->box.put(read_state(name, kafka, in->on)); });
}

state_reader::~state_reader() = default;

int state_reader::wake_fd() const {
    return reading_->wake.fd();
}

std::optional<state_reader::answer> state_reader::take() {
    reading_->wake.clear();
    auto answers = reading_->box.take();
    if (answers.empty()) {
        return std::nullopt;
    }
    return std::move(answers.front());
}

}  // namespace walferry::publish
