#include "lib/base/assert.hpp"
#include "lib/publish/kafka_sink_impl.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

// What the broker, librdkafka and the helper thread report to a kafka_sink.
namespace walferry::publish {

void kafka_sink::accept_report(cluster_report report, sink_events& out) {
    ever_connected_ = ever_connected_ || producer_->reachable();
    for (const auto& [name, facts] : report.watched) {
        if (facts.code == RD_KAFKA_RESP_ERR_NO_ERROR && facts.partitions > 0) {
            compare_partitions(name, facts.partitions, out);
        }
    }
    if (!report.opened) {
        return;
    }
    if (!*report.opened) {
        fail_now(std::move(report.opened->error()));
        return;
    }
    for (const auto& one : **report.opened) {
        accept_topic(one, out);
    }
}

void kafka_sink::accept_topic(const found_topic& found, sink_events& out) {
    auto [memory, added] = memory_.topics.try_emplace(found.name);
    if (added) {
        memory->second.partitions = found.partitions;
        memory->second.last_offsets.assign(static_cast<std::size_t>(found.partitions), -1);
    }
    compare_partitions(found.name, found.partitions, out);
    const auto limit = static_cast<std::uint64_t>(found.limits.record_bytes_max);
    if (limit != 0 && limit < batch_.batch_bytes) {
        memory_.batch_bytes = std::min(memory_.batch_bytes, limit);
        fail_now({error_kind::delivery_failed,
                  "topic " + found.name + " takes batches of at most " + std::to_string(limit) +
                      " bytes; the producer is replaced by one that keeps to it",
                  {},
                  {}});
    }
    const topic_id id = id_of(found.name);
    WALFERRY_ASSERT(id < topics_.size());
    topics_[id].handle = found.handle;
    topics_[id].opened = opened_topic{found.name, id, memory->second.partitions,
                                      found.limits.record_bytes_max, found.limits.compacted};
    account_.add_topic(id, found.name);
    lanes_.add_topic(id, memory->second.partitions);
    if (!failure_.any()) {
        out.opened.push_back(*topics_[id].opened);
    }
}

void kafka_sink::compare_partitions(const std::string& name, int partitions, sink_events& out) {
    const int before = memory_.topics.at(name).partitions;
    if (partitions < before) {
        fail_now(
            {error_kind::topic_unfit,
             "topic " + name + " has " + std::to_string(partitions) + " partitions and had " +
                 std::to_string(before) + ": it was deleted and made again",
             "what it held is gone; take a new snapshot of its tables, or start walferry again "
             "to go on without it",
             {}});
    } else if (partitions > before) {
        trouble("partitions of " + name,
                {error_kind::topic_unfit,
                 "topic " + name + " got more partitions (" + std::to_string(before) + ", now " +
                     std::to_string(partitions) + "); walferry keeps to the first " +
                     std::to_string(before) + " until it is started again",
                 "after a restart keys move to other partitions: let readers drain the topic first",
                 {}},
                out);
    }
}

void kafka_sink::read_event(rd_kafka_event_t* event, sink_events& out) {
    switch (rd_kafka_event_type(event)) {
        case RD_KAFKA_EVENT_DR: {
            const auto before = account_.confirmed();
            account_.read(event, out);
            if (account_.confirmed() != before) {
                producer_->note_reachable();
                ever_connected_ = true;
                cause_told_ = false;
            }
            break;
        }
        case RD_KAFKA_EVENT_ERROR:
            read_error(event, out);
            break;
        case RD_KAFKA_EVENT_LOG:
            read_log(event, out);
            break;
        default:
            break;
    }
}

void kafka_sink::read_error(rd_kafka_event_t* event, sink_events& out) {
    const auto code = rd_kafka_event_error(event);
    const char* text = rd_kafka_event_error_string(event);
    ever_connected_ = ever_connected_ || producer_->reachable();
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        std::array<char, 512> reason{};
        const auto cause = rd_kafka_fatal_error(producer_->client(), reason.data(), reason.size());
        failure_.offer(
            fate_of(cause) == record_fate::follows ? record_fate::follows : record_fate::replay,
            fatal_error(cause, reason.data()));
        rd_kafka_purge(producer_->client(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                                RD_KAFKA_PURGE_F_NON_BLOCKING);
        return;
    }
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        // The helper asks until one answers again.
        producer_->note_unreachable();
        if (cause_told_) {
            return;
        }
    }
    error what = broker_error(code, "Kafka");
    what.message += std::string(": ") + (text == nullptr ? "" : text);
    if (what.kind == error_kind::broker_authentication && !ever_connected_) {
        fail_now(std::move(what));
        return;
    }
    if (what.kind == error_kind::delivery_failed) {
        // Nothing failed yet: librdkafka tries again by itself.
        what.kind = error_kind::broker_unreachable;
    }
    cause_told_ = code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    trouble(rd_kafka_err2name(code), std::move(what), out);
}

void kafka_sink::read_log(rd_kafka_event_t* event, sink_events& out) {
    const char* facility = nullptr;
    const char* text = nullptr;
    int level = 0;
    constexpr int warning = 4;  // of syslog
    if (rd_kafka_event_log(event, &facility, &text, &level) != 0 || level > warning) {
        return;
    }
    const std::string_view sort = facility;
    // FAIL and ERROR come as error events too; that the guarantee counts as experimental is known.
    if (sort == "FAIL" || sort == "ERROR" ||
        std::string_view(text).find("enable.gapless.guarantee") != std::string_view::npos) {
        return;
    }
    trouble(std::string(sort),
            {sort == "CONFWARN" ? error_kind::broker_configuration : error_kind::broker_unreachable,
             "librdkafka: " + std::string(text),
             {},
             {}},
            out);
}

void kafka_sink::trouble(const std::string& sort, error what, sink_events& out) {
    const auto held_back = troubles_.admit(sort, std::chrono::steady_clock::now());
    if (!held_back) {
        return;
    }
    if (*held_back > 0) {
        what.message += " (and " + std::to_string(*held_back) + " like it)";
    }
    out.troubles.push_back(std::move(what));
}

}  // namespace walferry::publish
