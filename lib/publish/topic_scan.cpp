#include "lib/publish/topic_scan.hpp"

#include "lib/publish/broker_errors.hpp"
#include "lib/publish/kafka_configuration.hpp"
#include "lib/publish/topic_admin.hpp"

#include <array>
#include <chrono>
#include <span>

namespace walferry::publish {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds scan_patience{1'000};
constexpr std::chrono::seconds scan_silence_max{20};
constexpr std::size_t records_at_once = 4'096;

error trouble(rd_kafka_resp_err_t code, const std::string& topic) {
    error made = broker_error(code, "topic " + topic + " cannot be read");
    if (made.kind == error_kind::delivery_failed) {
        made.kind = error_kind::broker_unreachable;
    }
    return made;
}

std::string_view unchanged_of(const rd_kafka_message_t& message) {
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return {};
    }
    const void* value = nullptr;
    std::size_t size = 0;
    if (rd_kafka_header_get_last(headers, "walferry.unchanged", &value, &size) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        value == nullptr) {
        return {};
    }
    return {static_cast<const char*>(value), size};
}

std::optional<std::string_view> bytes_of(const void* at, std::size_t size) {
    if (at == nullptr) {
        return std::nullopt;
    }
    return std::string_view{static_cast<const char*>(at), size};
}

scanned_record record_of(const rd_kafka_message_t& message) {
    scanned_record made;
    made.partition = message.partition;
    made.offset = message.offset;
    made.key = bytes_of(message.key, message.key_len);
    made.value = bytes_of(message.payload, message.len);
    made.unchanged = unchanged_of(message);
    return made;
}

// While it lives, the partition is being fetched.
class consuming {
public:
    consuming(rd_kafka_topic_t* topic, const partition_range& range)
        : topic_(topic),
          partition_(range.partition),
          started_(rd_kafka_consume_start(topic, range.partition, range.first) == 0) {}
    consuming(const consuming&) = delete;
    consuming& operator=(const consuming&) = delete;
    ~consuming() {
        if (started_) {
            rd_kafka_consume_stop(topic_, partition_);
        }
    }

    bool started() const { return started_; }

    std::vector<message_handle> take() {
        std::array<rd_kafka_message_t*, records_at_once> raw{};
        const auto count = rd_kafka_consume_batch(
            topic_, partition_, static_cast<int>(scan_patience.count()), raw.data(), raw.size());
        std::vector<message_handle> taken;
        for (auto* one : std::span(raw).first(count > 0 ? static_cast<std::size_t>(count) : 0)) {
            taken.emplace_back(one);
        }
        return taken;
    }

private:
    rd_kafka_topic_t* topic_;
    std::int32_t partition_;
    bool started_;
};

}  // namespace

struct topic_scan::state {
    client_handle client;
};

topic_scan::topic_scan(std::unique_ptr<state> ready) : state_(std::move(ready)) {}
topic_scan::topic_scan(topic_scan&&) noexcept = default;
topic_scan::~topic_scan() = default;

result<topic_scan> topic_scan::open(const std::string& name, const config::kafka_settings& kafka) {
    auto configuration = consumer_configuration(name, kafka);
    if (!configuration) {
        return tl::unexpected(std::move(configuration.error()));
    }
    auto client = make_client(RD_KAFKA_CONSUMER, std::move(*configuration));
    if (!client) {
        return tl::unexpected(std::move(client.error()));
    }
    auto made = std::make_unique<state>();
    made->client = std::move(*client);
    return topic_scan{std::move(made)};
}

result<std::vector<partition_range>> topic_scan::ranges(const std::string& topic) {
    auto* client = state_->client.get();
    const auto until = clock::now() + scan_silence_max;
    auto last = RD_KAFKA_RESP_ERR__TIMED_OUT;
    const auto handle = make_topic(client, topic, 0);
    if (handle == nullptr) {
        return tl::unexpected(trouble(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, topic));
    }
    while (clock::now() < until) {
        const auto facts = topic_admin{client}.look_up(handle.get(), scan_patience);
        if (facts && facts->missing()) {
            return std::vector<partition_range>{};
        }
        if (facts && facts->code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
            return tl::unexpected(trouble(facts->code, topic));
        }
        last = facts ? facts->code : facts.error();
        std::vector<partition_range> found;
        for (std::int32_t i = 0; facts && facts->led && i < facts->partitions; ++i) {
            partition_range one{i, 0, 0};
            last = rd_kafka_query_watermark_offsets(client, topic.c_str(), i, &one.first, &one.end,
                                                    static_cast<int>(scan_patience.count()));
            if (last != RD_KAFKA_RESP_ERR_NO_ERROR) {
                break;
            }
            found.push_back(one);
        }
        if (facts && facts->led && found.size() == static_cast<std::size_t>(facts->partitions)) {
            return found;
        }
    }
    return tl::unexpected(trouble(last, topic));
}

result<void> topic_scan::read(const std::string& topic, const partition_range& range,
                              const std::function<bool(const scanned_record&)>& take) {
    if (range.first >= range.end) {
        return {};
    }
    const auto handle = make_topic(state_->client.get(), topic, 0);
    if (handle == nullptr) {
        return tl::unexpected(trouble(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, topic));
    }
    consuming from{handle.get(), range};
    if (!from.started()) {
        return tl::unexpected(trouble(rd_kafka_last_error(), topic));
    }
    auto heard = clock::now();
    for (auto next = range.first; next < range.end;) {
        const auto records = from.take();
        if (records.empty() && clock::now() - heard > scan_silence_max) {
            return tl::unexpected(trouble(RD_KAFKA_RESP_ERR__TIMED_OUT, topic));
        }
        for (const auto& one : records) {
            heard = clock::now();
            if (one->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                return {};  // transactions that are open hold the rest back
            }
            if (one->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                return tl::unexpected(trouble(one->err, topic));
            }
            next = one->offset + 1;
            if (one->offset >= range.end || !take(record_of(*one))) {
                return {};
            }
        }
    }
    return {};
}

}  // namespace walferry::publish
