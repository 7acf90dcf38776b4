#include "lib/publish/kafka_producer.hpp"

#include <utility>

namespace walferry::publish {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds idle_after{1'000};
constexpr std::chrono::milliseconds probe_patience{3'000};
// Longer than an idle stream takes to store its position again: what confirms is not asked.
constexpr std::chrono::seconds silence_max{4};
constexpr std::chrono::milliseconds flush_slice{200};
constexpr std::chrono::seconds flush_for{30};
// As often as librdkafka refreshes by itself: 2.0.2 fails the queued records of a topic that a
// single stale answer does not know, so questions are not free of risk.
constexpr std::chrono::minutes watch_interval{5};

}  // namespace

result<std::unique_ptr<kafka_producer>> kafka_producer::make(configuration_handle configuration,
                                                             std::chrono::microseconds gather) {
    auto client = make_client(RD_KAFKA_PRODUCER, std::move(configuration));
    if (!client) {
        return tl::unexpected(std::move(client.error()));
    }
    return std::make_unique<kafka_producer>(std::move(*client), gather);
}

kafka_producer::kafka_producer(client_handle client, std::chrono::microseconds gather)
    : client_(std::move(client)),
      gather_(gather),
      queue_(rd_kafka_queue_get_main(client_.get())),
      watch_next_(clock::now() + watch_interval),
      heard_at_(clock::now()),
      hurrier_([] {}, std::chrono::hours{24}),
      worker_([this] { look_around(); }, idle_after) {
    rd_kafka_set_log_queue(client_.get(), nullptr);
    static constexpr std::uint64_t one = 1;
    rd_kafka_queue_io_event_enable(queue_.get(), wake_.fd(), &one, sizeof one);
    // What was queued before the line above did not signal.
    wake_.signal();
    worker_.post([this] { look_around(); });
}

kafka_producer::~kafka_producer() {
    worker_.stop();
    hurrier_.stop();
    // Ends what waits for a broker, so that neither the worker nor librdkafka waits for it.
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                      RD_KAFKA_PURGE_F_NON_BLOCKING);
    rd_kafka_queue_io_event_enable(queue_.get(), -1, nullptr, 0);
}

partition_lanes::limits kafka_producer::batch_limits() const {
    constexpr double microseconds_a_millisecond = 1000;
    const auto* configured = rd_kafka_conf(client_.get());
    const auto linger = number_of(configured, "linger.ms") * microseconds_a_millisecond;
    return {static_cast<std::uint64_t>(number_of(configured, "batch.size")),
            static_cast<std::uint32_t>(number_of(configured, "batch.num.messages")),
            std::chrono::microseconds{static_cast<std::int64_t>(linger)}, gather_};
}

void kafka_producer::open(std::vector<wanted_topic> wanted) {
    worker_.post([this, wanted = std::move(wanted)] {
        opener_.add(wanted);
        if (!opening_) {
            opening_ = true;
            open_some();
        }
    });
}

// Step by step, so that what is asked for meanwhile gets its turn.
void kafka_producer::open_some() {
    auto progress = opener_.step(ever_reached_.load());
    if (worker_.stopping()) {
        return;
    }
    if (progress.answered) {
        ever_reached_ = true;
        note_reachable();
    }
    if (!progress.found.empty()) {
        for (const auto& one : progress.found) {
            watched_.push_back({one.name, one.handle});
        }
        mailbox_.put({std::move(progress.found), {}});
    }
    if (progress.failed) {
        mailbox_.put({tl::unexpected(std::move(*progress.failed)), {}});
    }
    opening_ = opener_.busy();
    if (opening_ && worker_.pause(opener_.pause())) {
        worker_.post([this] { open_some(); });
    }
}

void kafka_producer::flush() {
    const auto until = (clock::now() + flush_for).time_since_epoch().count();
    if (flush_until_.exchange(until) == 0) {
        worker_.post([this] { flush_some(); });
    }
}

void kafka_producer::flush_some() {
    const auto code = rd_kafka_flush(client_.get(), static_cast<int>(flush_slice.count()));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR ||
        clock::now().time_since_epoch().count() > flush_until_.load()) {
        flush_until_ = 0;
        return;
    }
    worker_.post([this] { flush_some(); });
}

void kafka_producer::hurry() {
    if (hurry_asked_.exchange(true)) {
        return;
    }
    hurrier_.post([this] {
        hurry_asked_ = false;
        rd_kafka_flush(client_.get(), static_cast<int>(partition_lanes::hurry_time.count()));
    });
}

void kafka_producer::look_around() {
    if (is_silent() || !reachable()) {
        ask_broker();
    }
    if (reachable() && clock::now() >= watch_next_) {
        watch_next_ = clock::now() + watch_interval;
        watch_topics();
    }
}

bool kafka_producer::is_silent() {
    if (heard_.exchange(false, std::memory_order_relaxed)) {
        heard_at_ = clock::now();
    }
    return clock::now() - heard_at_ >= silence_max;
}

void kafka_producer::ask_broker() {
    rd_kafka_topic_t* known = watched_.empty() ? nullptr : watched_.front().handle;
    if (topic_admin(client_.get()).probe(known, probe_patience) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ever_reached_ = true;
        note_reachable();
    } else if (!heard_.load(std::memory_order_relaxed)) {
        note_unreachable();
    }
}

void kafka_producer::watch_topics() {
    cluster_report report;
    for (const auto& one : watched_) {
        if (const auto facts = topic_admin(client_.get()).look_up(one.handle, probe_patience)) {
            report.watched.emplace(one.name, *facts);
        }
        if (worker_.stopping()) {
            return;
        }
    }
    mailbox_.put(std::move(report));
}

}  // namespace walferry::publish
