#include "lib/publish/kafka_sink.hpp"

#include "lib/base/assert.hpp"
#include "lib/publish/kafka_sink_impl.hpp"
#include "lib/publish/topic_names.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace walferry::publish {
namespace {

constexpr std::size_t confirmations_a_poll_max = 8192;

rd_kafka_vu_t of_bytes(rd_kafka_vtype_t what, const std::optional<std::string_view>& bytes) {
    rd_kafka_vu_t item;
    item.vtype = what;
    // A view of nothing may have no address, and no address means null to librdkafka.
    const char* start = !bytes ? nullptr : bytes->data() == nullptr ? "" : bytes->data();
    item.u.mem.ptr = const_cast<char*>(start);
    item.u.mem.size = bytes ? bytes->size() : 0;
    return item;
}

std::uint64_t size_of(const record& what) {
    return (what.key ? what.key->size() : 0) + (what.value ? what.value->size() : 0);
}

headers_handle headers_of(const record& what) {
    if (what.headers.empty()) {
        return nullptr;
    }
    headers_handle made{rd_kafka_headers_new(what.headers.size())};
    for (const auto& one : what.headers) {
        rd_kafka_header_add(made.get(), one.name.data(), static_cast<ssize_t>(one.name.size()),
                            one.value ? (one.value->empty() ? "" : one.value->data()) : nullptr,
                            one.value ? static_cast<ssize_t>(one.value->size()) : 0);
    }
    return made;
}

std::size_t count_of(const headers_handle& headers) {
    return headers == nullptr ? 0 : rd_kafka_header_cnt(headers.get());
}

}  // namespace

kafka_sink::kafka_sink(std::unique_ptr<kafka_producer> producer, std::uint64_t bytes_max,
                       producer_memory& memory, undertaker& graves)
    : producer_(std::move(producer)),
      bytes_max_(bytes_max),
      memory_(memory),
      graves_(graves),
      batch_(producer_->batch_limits()),
      lanes_(batch_),
      account_(memory, failure_, lanes_, memory.singles_left > 0) {}

kafka_sink::~kafka_sink() {
    graves_.bury(
        [gone = std::shared_ptr<kafka_producer>(std::move(producer_))]() mutable { gone.reset(); });
}

void kafka_sink::produce(topic_id topic, std::int32_t partition, const record& what,
                         std::uint64_t ticket) {
    if (failure_.any()) {
        return;
    }
    WALFERRY_ASSERT(topic < topics_.size() && topics_[topic].opened);
    auto& to = topics_[topic];
    WALFERRY_ASSERT(partition >= 0 && partition < to.opened->partitions);
    const auto packed = account_.pack(ticket, what.sequence);
    account_.accepted(what);
    auto headers = headers_of(what);
    if (lanes_.admit(topic, partition, size_of(what))) {
        hand_over(topic, partition, what, headers, packed);
    } else if (lanes_.hold(topic, partition, what, packed, std::move(headers))) {
        producer_->wake().signal();  // so that poll() is called, and due() asked
    }
}

bool kafka_sink::hand_over(topic_id topic, std::int32_t partition, const record& what,
                           headers_handle& headers, std::uint64_t packed) {
    const auto& to = topics_[topic];
    const auto code = produce_copy(to.handle, partition, what, headers, packed);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return true;
    }
    lanes_.settled(topic, partition);
    account_.returned(size_of(what), count_of(headers));
    refused_record refused;
    refused.topic = to.name;
    refused.partition = partition;
    refused.tombstone = !what.value;
    refused.bytes = size_of(what);
    if (what.key) {
        refused.key.emplace(*what.key);
    }
    account_.not_taken(code, std::move(refused), packed);
    producer_->wake().signal();
    return false;
}

rd_kafka_resp_err_t kafka_sink::produce_copy(rd_kafka_topic_t* to, std::int32_t partition,
                                             const record& what, headers_handle& headers,
                                             std::uint64_t packed) {
    std::array<rd_kafka_vu_t, 8> items;
    items[0].vtype = RD_KAFKA_VTYPE_RKT;
    items[0].u.rkt = to;
    items[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    items[1].u.i32 = partition;
    items[2] = of_bytes(RD_KAFKA_VTYPE_KEY, what.key);
    items[3] = of_bytes(RD_KAFKA_VTYPE_VALUE, what.value);
    items[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    items[4].u.i = RD_KAFKA_MSG_F_COPY;
    items[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    items[5].u.i64 = what.timestamp_ms;
    items[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
    items[6].u.ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(packed));
    std::size_t count = 7;
    if (headers != nullptr) {
        items[7].vtype = RD_KAFKA_VTYPE_HEADERS;
        items[7].u.headers = headers.get();
        count = 8;
    }
    const error_handle refused{rd_kafka_produceva(producer_->client(), items.data(), count)};
    if (refused == nullptr) {
        // The message owns them now.
        static_cast<void>(headers.release());
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    return rd_kafka_error_code(refused.get());
}

void kafka_sink::fail_now(error why) {
    failure_.offer(record_fate::replay, std::move(why));
}

topic_id kafka_sink::id_of(const std::string& name) const {
    const auto at = std::ranges::find(topics_, name, &topic_entry::name);
    return static_cast<topic_id>(at - topics_.begin());
}

void kafka_sink::open_topics(std::vector<topic_request> wanted) {
    std::vector<wanted_topic> unknown;
    for (auto& one : wanted) {
        const topic_id id = id_of(one.name);
        const bool known = memory_.topics.contains(one.name);
        if (id < topics_.size()) {
            if (topics_[id].opened) {
                answers_.push_back(*topics_[id].opened);
            } else if (!one.ahead) {
                unknown.push_back({std::move(one), id, known});
            }
            continue;
        }
        const bool legal = is_legal_topic_name(one.name);
        if (!legal && one.ahead) {
            continue;
        }
        if (!legal) {
            fail_now({error_kind::config_invalid,
                      "\"" + one.name + "\" is not a legal topic name",
                      "Kafka allows 1 to 249 of a-z A-Z 0-9 . _ -; see topics.name",
                      {}});
            break;
        }
        topics_.push_back({one.name, nullptr, std::nullopt});
        unknown.push_back({std::move(one), id, known});
    }
    if (!unknown.empty()) {
        producer_->open(std::move(unknown));
    }
    producer_->wake().signal();
}

bool kafka_sink::poll(sink_events& out) {
    out.opened.insert(out.opened.end(), answers_.begin(), answers_.end());
    answers_.clear();
    for (auto& report : producer_->reports()) {
        accept_report(std::move(report), out);
    }
    lanes_.look(std::chrono::steady_clock::now());
    const auto before = account_.confirmed();
    bool more = false;
    while (const auto event = producer_->next_event()) {
        read_event(event.get(), out);
        if (account_.confirmed() - before >= confirmations_a_poll_max) {
            more = true;
            break;
        }
    }
    hand_over_waiting(false);
    if (lanes_.take_hurry()) {
        producer_->hurry();
    }
    failure_.report(account_.records_out() == 0, out);
    return more;
}

void kafka_sink::flush() {
    hand_over_waiting(true);
    producer_->flush();
}

void kafka_sink::hand_over_waiting(bool all) {
    lanes_.look(std::chrono::steady_clock::now());
    if (!failure_.any()) {
        lanes_.release(all, [this](const partition_lanes::waiting& one) {
            return hand_over(one.topic, one.partition, one.what, *one.headers, one.packed);
        });
    }
    if (failure_.any()) {
        lanes_.drop([this](const partition_lanes::waiting& one) {
            account_.returned(size_of(one.what), count_of(*one.headers));
        });
    }
}

sink_statistics kafka_sink::statistics() const {
    return {account_.records_out(), account_.bytes_out(), bytes_max_,
            account_.confirmed(),   account_.implicit(),  producer_->reachable()};
}

}  // namespace walferry::publish
