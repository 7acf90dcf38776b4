#pragma once

#include "lib/publish/topic_admin.hpp"
#include "lib/publish/worker.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace walferry::publish {

struct wanted_topic {
    topic_request request;
    std::uint32_t id = 0;  // of the topic's handle
    bool known = false;    // this process published to it before: it must not be missing now
};

struct found_topic {
    std::string name;
    rd_kafka_topic_t* handle = nullptr;  // valid as long as the opener
    int partitions = 0;
    topic_limits limits;
};

// Brings topics into being, many at once: looks for them, creates what may be created, waits until
// what it created is served, and reads their limits. Blocks; for a worker's thread. Many topics
// cost few requests: brokers answer one after the other what a client asks.
class topic_opener {
public:
    struct patience {
        std::chrono::milliseconds connect{10'000};   // for a first answer, when none ever came
        std::chrono::milliseconds vanished{30'000};  // for a topic that was there before
        std::chrono::milliseconds created{60'000};   // until what was created has leaders
    };

    topic_opener(rd_kafka_t* client, patience limits)
        : client_(client), admin_(client), patience_(limits) {}

    // More to open. A topic that is being opened ahead is in earnest from now on.
    void add(std::vector<wanted_topic> wanted);

    bool busy() const { return !open_.empty(); }

    // How long to wait before the next step: nothing happened in the last one.
    std::chrono::milliseconds pause() const { return pause_; }

    struct progress {
        std::vector<found_topic> found;
        std::optional<error> failed;  // of a topic that somebody waits for; nothing more is opened
        bool answered = false;        // a broker did
    };

    // One round of questions. `reached`: some broker answered this client before, so waiting for
    // one has no end.
    progress step(bool reached);

private:
    using clock = std::chrono::steady_clock;

    struct opening {
        wanted_topic wanted;
        clock::time_point asked;
        std::optional<clock::time_point> lacking{};  // since when brokers say that it is not there
        topic_facts facts{};
        rd_kafka_topic_t* handle = nullptr;
        bool served = false;  // what was created
        enum class stage { asked, absent, created, there } at = stage::asked;

        bool in_earnest() const { return !wanted.request.ahead || wanted.known; }
    };

    bool has_handle(opening& one);
    rd_kafka_resp_err_t look_up();
    rd_kafka_resp_err_t look_up_one(opening& one);
    void ask_served();
    bool ask_served(std::span<opening* const> some) const;
    std::optional<error> judge(opening& one) const;
    std::optional<error> create_some();
    std::vector<found_topic> take_some();
    std::optional<error> unanswered(rd_kafka_resp_err_t code) const;
    void pause_longer();
    template <typename of_one>
    std::optional<error> weed(const of_one& defect);

    rd_kafka_t* client_;
    topic_admin admin_;
    patience patience_;
    std::vector<topic_handle> handles_;
    std::vector<opening> open_;  // in earnest before ahead
    std::chrono::milliseconds pause_{0};
};

}  // namespace walferry::publish
