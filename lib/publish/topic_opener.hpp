#pragma once

#include "lib/publish/topic_admin.hpp"
#include "lib/publish/worker.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace walferry::publish {

struct wanted_topic {
    topic_request request;
    rd_kafka_topic_t* handle = nullptr;
    bool known = false;  // this process published to it before: it must not be missing now
};

struct found_topic {
    std::string name;
    int partitions = 0;
    topic_limits limits;
};

// Brings topics into being: looks for them, creates what may be created, waits until what it
// created has leaders, and reads their limits. Blocks; for a worker's thread. One use.
class topic_opener {
public:
    struct patience {
        std::chrono::milliseconds connect{10'000};   // for a first answer, when none ever came
        std::chrono::milliseconds vanished{30'000};  // for a topic that was there before
        std::chrono::milliseconds created{60'000};   // until what was created has leaders
    };

    // `reached`: some broker answered this client before, so waiting for one has no end.
    topic_opener(rd_kafka_t* client, const worker& on, bool reached, patience limits);

    // Empty when the worker is stopping.
    result<std::vector<found_topic>> open(const std::vector<wanted_topic>& wanted);

private:
    using clock = std::chrono::steady_clock;
    using facts_by_name = std::map<std::string, topic_facts>;

    tl::expected<facts_by_name, rd_kafka_resp_err_t> look_up(
        const std::vector<wanted_topic>& wanted) const;
    std::optional<error> judge(const wanted_topic& one, const topic_facts& facts);
    std::optional<error> create_missing();
    std::optional<error> unanswered(rd_kafka_resp_err_t code) const;
    std::optional<error> out_of_time() const;
    std::vector<found_topic> describe(const std::vector<wanted_topic>& wanted,
                                      const facts_by_name& facts) const;

    topic_admin admin_;
    const worker& worker_;
    bool reached_;
    patience patience_;
    clock::time_point started_ = clock::now();
    std::map<std::string, bool> created_;
    std::vector<const topic_request*> missing_;
    std::string waiting_for_;
};

}  // namespace walferry::publish
