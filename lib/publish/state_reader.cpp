#include "lib/publish/state_reader.hpp"

#include "lib/publish/broker_errors.hpp"
#include "lib/publish/kafka_configuration.hpp"
#include "lib/publish/mailbox.hpp"
#include "lib/publish/state_topic.hpp"
#include "lib/publish/topic_admin.hpp"
#include "lib/publish/worker.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace walferry::publish {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds reading_patience{500};
constexpr std::chrono::milliseconds pause_between{50};
constexpr std::chrono::seconds reading_silence_max{20};

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

// One consumer and what it has read so far. Blocks; for the worker's thread.
class last_values {
public:
    last_values(std::string name, config::kafka_settings kafka, const worker& on)
        : name_(std::move(name)), kafka_(std::move(kafka)), worker_(on) {}

    // Makes the client, so that it connects while nobody waits for it yet.
    result<void> prepare();
    state_reader::answer read();
    void forget();

private:
    result<bool> wait_for_topic() const;
    result<std::int64_t> find_end();
    result<void> read_up_to(std::int64_t end);
    error trouble(rd_kafka_resp_err_t code) const;

    const std::string name_;
    const config::kafka_settings kafka_;
    const worker& worker_;
    client_handle client_;
    topic_handle topic_;
    std::int64_t next_ = 0;  // offset
    state_reader::records last_;
};

result<void> last_values::prepare() {
    if (client_ != nullptr) {
        return {};
    }
    auto configuration = consumer_configuration(name_, kafka_);
    if (!configuration) {
        return tl::unexpected(std::move(configuration.error()));
    }
    auto client = make_client(RD_KAFKA_CONSUMER, std::move(*configuration));
    if (!client) {
        return tl::unexpected(std::move(client.error()));
    }
    client_ = std::move(*client);
    const auto name = state_topic(name_).name;
    topic_.reset(rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
    if (topic_ == nullptr) {
        client_.reset();
        return fail(error_kind::config_invalid, "\"" + name + "\" is not a legal topic name");
    }
    return {};
}

void last_values::forget() {
    topic_.reset();
    client_.reset();
    next_ = 0;
    last_.clear();
}

state_reader::answer last_values::read() {
    if (auto ready = prepare(); !ready) {
        return tl::unexpected(std::move(ready.error()));
    }
    const auto exists = wait_for_topic();
    if (!exists) {
        return tl::unexpected(exists.error());
    }
    if (!*exists) {
        next_ = 0;
        last_.clear();
        return last_;
    }
    const auto end = find_end();
    if (!end) {
        return tl::unexpected(end.error());
    }
    if (auto done = read_up_to(*end); !done) {
        return tl::unexpected(std::move(done.error()));
    }
    return last_;
}

result<bool> last_values::wait_for_topic() const {
    const auto until = clock::now() + reading_silence_max;
    for (;;) {
        const auto facts = topic_admin(client_.get()).look_up(topic_.get(), reading_patience);
        if (facts && facts->missing()) {
            return false;
        }
        if (facts && facts->led) {
            return true;
        }
        if (facts && facts->code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
            return tl::unexpected(trouble(facts->code));
        }
        if (clock::now() > until || !worker_.pause(pause_between)) {
            return tl::unexpected(
                trouble(facts ? RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE : facts.error()));
        }
    }
}

// A topic that ends before what was read is another one.
result<std::int64_t> last_values::find_end() {
    const auto until = clock::now() + reading_silence_max;
    const auto name = state_topic(name_).name;
    for (;;) {
        std::int64_t first = 0;
        std::int64_t end = 0;
        const auto code =
            rd_kafka_query_watermark_offsets(client_.get(), name.c_str(), 0, &first, &end,
                                             static_cast<int>(reading_patience.count()));
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (end < next_) {
                next_ = 0;
                last_.clear();
            }
            next_ = std::max(next_, first);
            return end;
        }
        if (clock::now() > until || !worker_.pause(pause_between)) {
            return tl::unexpected(trouble(code));
        }
    }
}

// Knowing the end spares the wait for the broker to say that there is no more.
result<void> last_values::read_up_to(std::int64_t end) {
    if (next_ >= end) {
        return {};
    }
    if (rd_kafka_consume_start(topic_.get(), 0, next_) != 0) {
        return tl::unexpected(trouble(rd_kafka_last_error()));
    }
    result<void> outcome;
    auto heard = clock::now();
    while (next_ < end) {
        if (worker_.stopping() || clock::now() - heard > reading_silence_max) {
            outcome = tl::unexpected(trouble(RD_KAFKA_RESP_ERR__TIMED_OUT));
            break;
        }
        const message_handle message{
            rd_kafka_consume(topic_.get(), 0, static_cast<int>(reading_patience.count()))};
        if (message == nullptr) {
            continue;
        }
        heard = clock::now();
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            next_ = message->offset;
        } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            outcome = tl::unexpected(trouble(message->err));
            break;
        } else {
            keep(*message, last_);
            next_ = message->offset + 1;
        }
    }
    rd_kafka_consume_stop(topic_.get(), 0);
    return outcome;
}

error last_values::trouble(rd_kafka_resp_err_t code) const {
    error made = broker_error(code, state_topic(name_).name + " cannot be read");
    if (made.kind == error_kind::delivery_failed) {
        made.kind = error_kind::broker_unreachable;
    }
    return made;
}

}  // namespace

struct state_reader::reading {
    reading(const std::string& name, const config::kafka_settings& kafka)
        : values(name, kafka, on) {}

    struct letter {
        std::uint64_t number = 0;
        answer found;
    };

    wake_event wake;
    mailbox<letter> box{wake};
    last_values values;
    worker on{[] {}, std::chrono::minutes(10)};
};

state_reader::state_reader(const std::string& name, const config::kafka_settings& kafka)
    : reading_(std::make_unique<reading>(name, kafka)) {
    // An error shows at the first reading.
    reading_->on.post([in = reading_.get()] { static_cast<void>(in->values.prepare()); });
}

// librdkafka ends a consumer when its brokers let it.
state_reader::~state_reader() {
    graves_.bury(
        [gone = std::shared_ptr<reading>(std::move(reading_))]() mutable { gone.reset(); });
}

void state_reader::read() {
    reading_->on.post([in = reading_.get(), number = ++asked_] {
        auto found = in->values.read();
        if (!found) {
            in->values.forget();
        }
        in->box.put({number, std::move(found)});
    });
}

void state_reader::rest() {
    reading_->on.post([in = reading_.get()] { in->values.forget(); });
}

int state_reader::wake_fd() const {
    return reading_->wake.fd();
}

std::optional<state_reader::answer> state_reader::take() {
    reading_->wake.clear();
    for (auto& letter : reading_->box.take()) {
        if (letter.number == asked_) {
            return std::move(letter.found);
        }
    }
    return std::nullopt;
}

}  // namespace walferry::publish
